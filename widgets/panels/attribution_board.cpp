#include "widgets/panels/attribution_board.h"

#include "core/task/wording.h"
#include "widgets/prompt/token_display.h"
#include "widgets/text/counts.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// Without the tables, which take gigabytes over a large dataset.
std::shared_ptr<const DlaResult> slim(const DlaResult& whole) {
    auto result = std::make_shared<DlaResult>();
    result->model = whole.model;
    result->request = whole.request;
    result->nmae = whole.nmae;
    result->rows = whole.rows;
    for (auto& row : result->rows)
        row.predictions = {};
    return result;
}

PromptAnswer meanAnswer(const AttributionBoard::ColumnAnswer& there) {
    const auto& rows = there.result->rows;
    PromptAnswer answer;
    answer.isMean = true;
    answer.prompts = static_cast<int>(rows.size());
    for (const auto& row : rows) {
        answer.logit += row.logit / static_cast<double>(rows.size());
        answer.right += (row.logit > 0.0 ? 1.0 : 0.0) / static_cast<double>(rows.size());
    }
    answer.stale = there.stale();
    return answer;
}

} // namespace

QString datasetDomain(const DatasetNmae& measured) {
    const auto& [of, result, input, misjudged, token, stale] = measured;
    const auto file = of.dataset ? of.dataset->file.filename().string() : std::string();
    auto where = QObject::tr("last position");
    if (of.position.all)
        where = result->rows.size() == 1
                    ? QObject::tr("its only position")
                    : QObject::tr("all %1").arg(countText(static_cast<qint64>(result->rows.size()),
                                                          QObject::tr("position")));
    else if (of.position.at != -1)
        where = QObject::tr("position %1").arg(of.position.at);
    auto target = QObject::tr("next token");
    if (of.target.rule == TargetRule::Last)
        target = QObject::tr("own token");
    else if (of.target.rule == TargetRule::Argmax)
        target = QObject::tr("top prediction");
    else if (of.target.token)
        target = QObject::tr("token %1").arg(token);
    return QStringLiteral("%1: %2, %3, %4")
        .arg(QString::fromStdString(file),
             QString::fromStdString(counted(input->tokens.sequences.size(), "sequence")), where,
             target);
}

QString AttributionBoard::obstacle() const {
    const auto missing = setObstacle();
    return missing.isEmpty() ? QuestionBoard::obstacle() : missing;
}

std::optional<DlaRequest> AttributionBoard::request() const {
    if (workspace().asksMean())
        return DlaRequest::ofSet(seedOf(workspace().state().set->request));
    return DlaRequest::ofPrompt(workspace().state().target, workspace().state().versus);
}

void AttributionBoard::setMode(ViewMode mode) {
    if (std::exchange(mode_, mode) == mode)
        return;
    lockScale(std::nullopt); // a limit of one quantity means nothing for another
    Q_EMIT settingsChanged();
}

void AttributionBoard::setTop(int top) {
    if (std::exchange(top_, top) != top)
        Q_EMIT settingsChanged();
}

void AttributionBoard::setMlpsAlong(bool mlps) {
    if (std::exchange(mlpsAlong_, mlps) != mlps)
        Q_EMIT settingsChanged();
}

void AttributionBoard::showSessionView(const QString& view) {
    if (const auto mode = modeOf(view))
        setMode(*mode);
}

/// Whether a result is of the set that is asked as a whole, or will soon be replaced by one.
bool AttributionBoard::isOfSet(const ModelColumn& column, const DlaResult& shown) const {
    if (shown.request.target.rule != TargetRule::Correct || shown.request.position.all)
        return false;
    const auto set = workspace().askedSet();
    if (!column.saved || !set)
        return !column.saved;
    const auto &own = column.saved->tokens.input.sequences, &asked = set->prompts->tokens.sequences;
    return std::equal(own.begin(), own.end(), asked.begin(), asked.end(),
                      [](const auto& a, const auto& b) { return a.tokens == b.tokens; });
}

int AttributionBoard::rowOf(const ModelColumn& column) const {
    const auto shown = result(column.id);
    if (shown && workspace().asksMean())
        return isOfSet(column, *shown) ? allRows : -1;
    const int sample = column.saved ? sampleOf(column) : 0;
    // What was just found of a set is of other prompts.
    const bool isOthers =
        shown && !column.saved && shown->request.target.rule == TargetRule::Correct;
    if (!shown || sample < 0 || isOthers)
        return -1;
    const auto found =
        std::find_if(shown->rows.begin(), shown->rows.end(), [&](const AttributionRow& row) {
            return row.sample == sample && row.position.value == workspace().state().position;
        });
    return found == shown->rows.end() ? -1 : static_cast<int>(found - shown->rows.begin());
}

void AttributionBoard::measureNmae(const DlaSettings& wanted) {
    dataset_ = wanted;
    bool any = false;
    for (auto& [id, there] : datasetNmae_)
        any |= !std::exchange(there.isStale, there.of != wanted) && there.isStale;
    if (any)
        Q_EMIT changed();
    // As `residuum dla` has it, so that the request reproduces the result.
    Asked asked;
    asked.request = wanted.request();
    asked.read = [wanted](const Model& model, Progress& progress) {
        InputRequest from;
        from.dataset = wanted.dataset;
        return std::make_shared<const PromptInput>(DlaAnalysis::resolve(
            from, wanted.request(), model.tokenizer().get(), model.info().config, progress));
    };
    for (const auto& [columnId, model] : workspace().openModels())
        ask(overDataset_, columnId, asked,
            {.whole =
                 [this, id = columnId, wanted](const Found& found) {
                     const auto& result = *found.answer.result;
                     const auto& token = wanted.target.token;
                     datasetNmae_[id] = {wanted,
                                         slim(result),
                                         found.input,
                                         misjudgement(result),
                                         token ? quotedToken(workspace().tokenizer().get(), *token)
                                               : QString(),
                                         wanted != dataset_};
                     Q_EMIT changed();
                 },
             .failed = [this](const QString& sentence) { Q_EMIT workspace().message(sentence); }});
}

const DatasetNmae* AttributionBoard::datasetNmae(int columnId) const {
    const auto found = datasetNmae_.find(columnId);
    return found == datasetNmae_.end() ? nullptr : &found->second;
}

std::optional<DlaSettings> AttributionBoard::kept() const {
    auto kept = dataset_;
    kept.top = top_;
    kept.mlpsAlong = mlpsAlong_;
    return kept == DlaSettings() ? std::nullopt : std::optional(kept);
}

void AttributionBoard::restored(const DlaSettings& there, WorkspaceState&) {
    dataset_ = {there.dataset, there.target, there.position}; // measuring depends on no more
    top_ = there.top;
    mlpsAlong_ = there.mlpsAlong;
}

std::vector<TokenGuess> AttributionBoard::guesses(const ModelColumn& column) const {
    std::vector<TokenGuess> guesses;
    const auto there = result(column.id);
    const int row = rowOf(column);
    if (there && row >= 0 && row < static_cast<int>(there->rows.size()))
        for (const auto& guess : there->rows[static_cast<std::size_t>(row)].predictions)
            guesses.push_back({guess.token, guess.probability});
    return guesses;
}

std::optional<PromptAnswer> AttributionBoard::promptAnswer(const ModelColumn& column) const {
    const auto* there = answer(column.id);
    const int at = rowOf(column);
    if (there == nullptr || !there->result || at == -1)
        return std::nullopt;
    if (at == allRows)
        return meanAnswer(*there);
    const auto& row = there->result->rows[static_cast<std::size_t>(at)];
    const auto& request = there->result->request;
    const auto versus = row.versus ? row.versus : request.versus;
    PromptAnswer said{row.target,
                      versus,
                      row.logit,
                      request.centerUnembed && !versus,
                      row.targetProbability,
                      row.targetRank,
                      there->stale()};
    for (std::size_t i = 0; said.rank == 0 && i < row.predictions.size(); ++i)
        if (row.predictions[i].token == row.target) { // of a file from before these were written
            said.probability = row.predictions[i].probability;
            said.rank = static_cast<int>(i) + 1;
        }
    return said;
}

bool AttributionBoard::adopt(const ModelColumn& column, int sample, WorkspaceState& next) const {
    const auto shown = result(column.id);
    if (!shown)
        return false;
    const auto last = std::find_if(shown->rows.rbegin(), shown->rows.rend(),
                                   [&](const auto& row) { return row.sample == sample; });
    if (last != shown->rows.rend()) {
        next.position = last->position.value;
        const bool own = shown->request.target.rule == TargetRule::Argmax;
        next.target = own ? std::nullopt : std::optional(last->target);
        next.versus = last->versus ? last->versus : shown->request.versus;
    }
    return true;
}

void AttributionBoard::columnsChanged() {
    Board::columnsChanged();
    std::erase_if(datasetNmae_,
                  [this](const auto& entry) { return workspace().column(entry.first) == nullptr; });
}

void AttributionBoard::describe(const ResultReader& reader, const DlaResult& result,
                                SavedSource& source) const {
    for (const auto& text : DlaAnalysis::targetTexts(reader, source.model, result))
        source.rowTexts << QString::fromStdString(text);
}

} // namespace residuum

#include "widgets/panels/attribution_board.h"

#include "core/task/wording.h"
#include "widgets/plots/colour_scale.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

QString describeNmae(const DlaResult& result, const DatasetRequest& dataset) {
    QString interval;
    if (result.nmae.ci95)
        interval =
            QStringLiteral(" [%1, %2]")
                .arg(threeDigits((*result.nmae.ci95)[0]), threeDigits((*result.nmae.ci95)[1]));
    return QStringLiteral("NMAE over %1, %2, next token: %3 %%4")
        .arg(QString::fromStdString(dataset.file.filename().string()))
        .arg(QString::fromStdString(counted(result.rows.size(), "sequence")))
        .arg(threeDigits(result.nmae.heads), interval);
}

} // namespace

std::optional<DlaRequest> AttributionBoard::request() const {
    return DlaRequest::ofPrompt(workspace().state().target, workspace().state().versus);
}

void AttributionBoard::setMode(ViewMode mode) {
    if (std::exchange(mode_, mode) == mode)
        return;
    lockScale(std::nullopt); // a limit of one quantity means nothing for another
    Q_EMIT settingsChanged();
}

void AttributionBoard::showSessionView(const QString& view) {
    if (const auto mode = modeOf(view))
        setMode(*mode);
}

int AttributionBoard::rowOf(const ModelColumn& column) const {
    const auto shown = result(column.id);
    const int sample = column.saved ? sampleOf(column) : 0;
    if (!shown || sample < 0)
        return -1;
    const auto found =
        std::find_if(shown->rows.begin(), shown->rows.end(), [&](const AttributionRow& row) {
            return row.sample == sample && row.position.value == workspace().state().position;
        });
    return found == shown->rows.end() ? -1 : static_cast<int>(found - shown->rows.begin());
}

void AttributionBoard::measureNmae(const DatasetRequest& dataset) {
    // As `residuum dla --target next` has it, so that the request reproduces the result.
    Asked asked;
    asked.request.target.rule = TargetRule::Next;
    asked.read = [dataset, request = asked.request](const Model& model, Progress& progress) {
        InputRequest from;
        from.dataset = dataset;
        return std::make_shared<const PromptInput>(DlaAnalysis::resolve(
            from, request, model.tokenizer().get(), model.info().config, progress));
    };
    for (const auto& [columnId, model] : workspace().openModels())
        ask(overDataset_, columnId, asked,
            {.whole =
                 [this, id = columnId, dataset](const Found& found) {
                     datasetNmae_[id] = describeNmae(*found.answer.result, dataset);
                     Q_EMIT changed();
                 },
             .failed = [this](const QString& sentence) { Q_EMIT workspace().message(sentence); }});
}

QString AttributionBoard::datasetNmae(int columnId) const {
    const auto found = datasetNmae_.find(columnId);
    return found == datasetNmae_.end() ? QString() : found->second;
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
        next.versus = shown->request.versus;
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

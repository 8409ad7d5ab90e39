#include "widgets/panels/patching_board.h"

#include "analysis/patching/patch_analysis.h"
#include "core/task/wording.h"
#include "widgets/panels/edge_figures.h"

#include <algorithm>
#include <iterator>

namespace residuum {

namespace {

/// One of `list`: `wish` where it is among them.
template <class Value>
Value among(const std::vector<Value>& list, Value wish) {
    return list.empty() || std::find(list.begin(), list.end(), wish) != list.end() ? wish
                                                                                   : list.front();
}

/// Whatever is known of the words' roles.
bool asksSame(const PairTokens& a, const PairTokens& b) {
    return a.clean == b.clean && a.corrupt == b.corrupt && a.answers == b.answers;
}

} // namespace

PatchingBoard::PatchingBoard(Workspace& workspace)
    : Board(workspace, Wish::WhileLookedAt, Lane::Detail) {}

QString PatchingBoard::obstacle() const {
    const auto& state = workspace().state();
    const bool noGradient = settings().metric == PatchMetric::Kl &&
                            settings().direction == PatchDirection::CorruptIntoClean;
    const auto kl = tr("KL to the clean run has no gradient at the clean run, so there is nothing "
                       "to estimate; choose another metric or direction.");
    if (workspace().asksMean()) {
        const auto missing = setObstacle();
        return !missing.isEmpty() || !noGradient ? missing : kl;
    }
    if (state.prompt.tokens.empty())
        return tr("Open a model and give a clean prompt above.");
    if (state.corrupt.tokens.empty())
        return tr("Give a corrupted prompt: the clean one with something changed.");
    if (state.corrupt.tokens.size() != state.prompt.tokens.size())
        return tr("The clean prompt has %1, the corrupted one %2; patching needs as many in "
                  "both, token under token.")
            .arg(QString::fromStdString(counted(state.prompt.tokens.size(), "token")))
            .arg(state.corrupt.tokens.size());
    if (state.corrupt.tokens == state.prompt.tokens)
        return tr("Clean and corrupted prompt are the same; change a token of the corrupted one.");
    if (!state.target)
        return tr("Choose the correct answer as target above.");
    if (!state.versus)
        return tr("Choose the incorrect answer as versus above.");
    return noGradient ? kl : QString();
}

std::optional<PatchRequest> PatchingBoard::request() const {
    const auto set = workspace().askedSet();
    if (!set)
        return patchingRequest(settings());
    auto request = patchingRequest(settings(), set->pairs->tokens.size());
    request.seed = seedOf(set->request); // on the command line there is one for both
    return request;
}

std::shared_ptr<const PairInput> PatchingBoard::input() const {
    if (const auto set = workspace().askedSet())
        return set->pairs;
    const auto& state = workspace().state();
    const auto tokenizer = workspace().tokenizer();
    if (input_ && tokenizer == spelling_ && state.prompt == asked_.prompt &&
        state.corrupt == asked_.corrupt && state.target == asked_.target &&
        state.versus == asked_.versus)
        return input_;
    input_ = std::make_shared<const PairInput>(
        pairInput(sessionPrompt(state.prompt), sessionPrompt(state.corrupt), *state.target,
                  *state.versus, tokenizer.get()));
    asked_ = state;
    spelling_ = tokenizer;
    return input_;
}

std::optional<PatchSettings> PatchingBoard::kept() const {
    const auto& corrupt = workspace().state().corrupt;
    if (corrupt.tokens.empty())
        return std::nullopt;
    auto kept = settings();
    kept.corrupt = sessionPrompt(corrupt);
    return kept;
}

void PatchingBoard::restored(const PatchSettings& there, WorkspaceState& next) {
    next.corrupt = {QString::fromStdString(there.corrupt.text), there.corrupt.tokens,
                    there.corrupt.endOfTextFirst};
    auto own = there;
    own.corrupt = {};
    setSettings(own);
}

int PatchingBoard::sampleOf(const ModelColumn& column) const {
    const auto found = saved_.find(column.id);
    if (found == saved_.end())
        return -1;
    const auto& state = workspace().state();
    const auto& pairs = found->second.input->tokens;
    for (std::size_t i = 0; i < pairs.size(); ++i)
        if (const auto answer = pairs.answer(i);
            pairs.clean.sequences[i].tokens == state.prompt.tokens &&
            pairs.corrupt.sequences[i].tokens == state.corrupt.tokens &&
            state.target == answer.correct && state.versus == answer.incorrect)
            return static_cast<int>(i);
    return -1;
}

void PatchingBoard::follow(const ModelColumn& column) {
    const auto found = saved_.find(column.id);
    if (found == saved_.end())
        return;
    const auto& asked = found->second.result->request;
    auto estimates = asked.methods;
    std::erase(estimates, PatchMethod::Exact);
    auto next = settings();
    next.site = among(asked.sites, settings().site);
    next.estimate = among(estimates, settings().estimate);
    next.metric = asked.metric;
    next.direction = asked.direction;
    next.cells = asked.cells;
    next.topEdges = asked.checkEdges > 0 ? asked.checkEdges : next.topEdges;
    setSettings(next);
}

QString PatchingBoard::whyOther(const ModelColumn& column) const {
    const auto there = column.saved ? result(column.id) : nullptr;
    if (!there)
        return {};
    if (there->request.metric != settings().metric ||
        there->request.direction != settings().direction)
        return tr("This saved result is of another metric or direction: %1, %2.")
            .arg(QString::fromStdString(name(there->request.metric)),
                 QString::fromStdString(name(there->request.direction)));
    if (ofEdges())
        return edgesOf(*there, settings().estimate) == nullptr
                   ? tr("This saved result has no edges by this method.")
                   : QString();
    if (there->find(PatchMethod::Exact, settings().site) == nullptr)
        return tr("This saved result has no exact patching of this site.");
    if (there->find(settings().estimate, settings().site) == nullptr)
        return tr("This saved result has another estimate beside exact patching.");
    return {};
}

bool PatchingBoard::adopt(const ModelColumn& column, int sample, WorkspaceState& next) const {
    const auto found = saved_.find(column.id);
    if (found == saved_.end())
        return false;
    const auto& pairs = found->second.input->tokens;
    const auto place = static_cast<std::size_t>(sample);
    const auto answer = pairs.answer(place);
    next.position = static_cast<int>(next.prompt.tokens.size()) - 1;
    next.corrupt = {{}, pairs.corrupt.sequences[place].tokens, false};
    next.target = answer.correct;
    next.versus = answer.incorrect;
    return true;
}

std::shared_ptr<const PairInput> PatchingBoard::inputOf(const SavedSource& source) const {
    PairInput input;
    input.tokens.clean = source.tokens.input;
    input.tokens.corrupt = source.others.at("corrupt").input;
    input.tokens.answers = source.others.at("answers").input;
    return std::make_shared<const PairInput>(std::move(input));
}

void PatchingBoard::entered(int columnId) {
    auto& whole = saved_[columnId];
    whole.result = shown(columnId).result;
    whole.input = shown(columnId).input;
    shown(columnId).result = nullptr;
    shown(columnId).state = AnswerState::Empty;
    shown(columnId).sentence = tr("This saved result is of other pairs of prompts.");
    showSaved(columnId, whole);
}

bool PatchingBoard::showSaved(int columnId, Whole& whole) {
    constexpr int all = -2;
    const auto set = workspace().askedSet();
    const int pair = !workspace().asksMean() ? sampleOf(*workspace().column(columnId))
                     : set && asksSame(set->pairs->tokens, whole.input->tokens) ? all
                                                                                : -1;
    if (std::exchange(whole.shown, pair) == pair)
        return false;
    auto& there = shown(columnId);
    there.result = pair == all ? whole.result
                   : pair < 0  ? nullptr
                               : onlyPair(whole.result, static_cast<std::size_t>(pair),
                                          workspace().state().prompt.tokens.size());
    there.state = pair == -1 ? AnswerState::Empty : AnswerState::Complete;
    there.sentence = pair == -1 ? tr("This saved result is of other pairs of prompts.") : QString();
    return true;
}

bool PatchingBoard::updateSaved() {
    bool any = false;
    for (auto& [id, whole] : saved_)
        any |= showSaved(id, whole);
    return any;
}

/// What a whole set's answer says of what is asked; empty: nothing.
std::optional<PatchingBoard::Found> PatchingBoard::fromSet(const OfSet& known,
                                                           const Asked& asked) const {
    auto request = known.asked.request;
    request.cells = asked.request.cells; // a set has them all
    request.seed = asked.request.seed;   // of intervals over it
    if (request != asked.request)
        return std::nullopt;
    if (known.asked.isSame(asked))
        return known.found;
    const auto& state = workspace().state();
    if (!workspace().showsPair() || state.set->pairs->tokens != known.found.input->tokens)
        return std::nullopt;
    auto found = known.found;
    found.input = asked.input;
    found.answer.result = onlyPair(known.found.answer.result, static_cast<std::size_t>(state.pair),
                                   state.prompt.tokens.size());
    return found;
}

void PatchingBoard::answerFromSets() {
    bool any = false;
    for (const auto& column : workspace().columns()) {
        const auto known = sets_.find(column.id);
        const auto asked =
            known != sets_.end() && column.model && isLookedAt() ? wanted(column) : std::nullopt;
        if (!asked || isAnswered(column.id, *asked))
            continue;
        if (const auto found = fromSet(known->second, *asked)) {
            answerWith(column.id, *asked, *found);
            any = true;
        }
    }
    if (any)
        Q_EMIT changed();
}

void PatchingBoard::recompute() {
    sets_.clear();
    Board::recompute();
}

void PatchingBoard::update() {
    answerFromSets();
    Board::update();
    if (updateSaved())
        Q_EMIT changed();
}

void PatchingBoard::columnsChanged() {
    Board::columnsChanged();
    decide();
    const auto isGone = [this](const auto& entry) {
        return workspace().column(entry.first) == nullptr;
    };
    std::erase_if(saved_, isGone);
    std::erase_if(sets_, isGone);
}

void PatchingBoard::cancelled() {
    for (auto stage = stages_.begin(); stage != stages_.end();)
        stage = shown(stage->first).coming() ? stages_.erase(stage) : std::next(stage);
    Board::cancelled();
}

} // namespace residuum

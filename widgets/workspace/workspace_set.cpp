// The document's set of pairs of prompts.
#include "widgets/workspace/workspace.h"

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

/// Steps from pair to pair are one step to undo.
constexpr int steppingId = 2;

} // namespace

std::shared_ptr<const PromptSet> Workspace::askedSet() const {
    return asksMean() && state_.set->pairs ? state_.set : nullptr;
}

std::shared_ptr<const PromptInput> Workspace::askedPrompts() const {
    if (!asksMean())
        return promptInput();
    return state_.set->prompts;
}

bool Workspace::showsPair() const {
    if (!state_.set || state_.pair >= state_.set->size())
        return false;
    const auto& pairs = state_.set->pairs->tokens;
    const auto place = static_cast<std::size_t>(state_.pair);
    const auto answer = pairs.answer(place);
    return state_.prompt.tokens == pairs.clean.sequences[place].tokens &&
           state_.corrupt.tokens == pairs.corrupt.sequences[place].tokens &&
           state_.target == answer.correct && state_.versus == answer.incorrect;
}

/// On the engine's thread: files, generators and tokenizers take their time.
void Workspace::readSet(const std::shared_ptr<const PromptSet>& set,
                        std::function<void(std::shared_ptr<const PromptSet>)> take,
                        std::function<void(const QString&)> failed) {
    if (firstOpen() == nullptr)
        return failed(
            tr("Open a model: it says what a token is, so what the set %1 holds.").arg(set->name));
    const bool isOpening = set != state_.set;
    engine_.submit(
        isOpening ? openingSet_ : readingSet_,
        [set, take = std::move(take), config = narrowest(),
         shared = tokenizer()](Progress& progress) -> Delivery {
            auto read = std::make_shared<PromptSet>(*set);
            read->context = config.n_ctx;
            read->pairs = std::make_shared<const PairInput>(
                resolvePairs(set->request, shared.get(), config, progress));
            read->prompts = std::make_shared<const PromptInput>(cleanPrompts(*read->pairs));
            return [take, read] { take(read); };
        },
        failed);
}

void Workspace::openSet(const PairRequest& request, const QString& name) {
    const auto set = std::make_shared<const PromptSet>(PromptSet{name, request, nullptr, nullptr});
    readSet(
        set,
        [this, request, name, of = vocabulary_](const std::shared_ptr<const PromptSet>& read) {
            if (of != vocabulary_) // its ids mean something else by now
                return openSet(request, name);
            auto next = state_;
            next.set = read;
            takePair(next, 0);
            next.mean = true;
            change(tr("open a set of prompts"), next);
            sayLeftOut(*read);
        },
        [this](const QString& sentence) {
            Q_EMIT message(sentence);
            Q_EMIT setNotOpened(sentence);
        });
}

/// Why is a click away.
void Workspace::sayLeftOut(const PromptSet& set) {
    const auto left = std::ssize(set.pairs->account.leftOut);
    if (left > 0)
        Q_EMIT message(tr("%1: %2 of %3 pairs were left out; the button beside the set's name "
                          "says why")
                           .arg(set.name)
                           .arg(left)
                           .arg(left + set.size()));
}

/// Models with another context came or went: pairs that are too long for one are left out, and come
/// back without it.
void Workspace::fitSet() {
    if (!state_.set || !state_.set->pairs || firstOpen() == nullptr)
        return;
    const auto& set = *state_.set;
    const int context = contextLength();
    const bool isTooLong = longestSequence(set.pairs->tokens.clean) > context;
    if (set.context == context ||
        (!isTooLong && (context < set.context || set.pairs->account.leftOut.empty())))
        return;
    auto unread = std::make_shared<PromptSet>(set);
    unread->pairs = nullptr;
    unread->prompts = nullptr;
    auto next = state_;
    next.set = unread;
    apply(next); // which has it read
}

/// A session's set, or one whose ids were of another vocabulary: no step to undo.
void Workspace::readSetAgain() {
    engine_.cancel({readingSet_});
    setProblem_.clear();
    if (!state_.set || state_.set->pairs)
        return;
    readSet(
        state_.set,
        [this](const std::shared_ptr<const PromptSet>& read) {
            auto next = state_;
            next.set = read;
            next.pair = std::clamp(next.pair, 0, std::max(0, read->size() - 1));
            apply(next);
            sayLeftOut(*read);
        },
        [this](const QString& sentence) {
            setProblem_ = sentence;
            Q_EMIT setChanged();
        });
}

void Workspace::takePair(WorkspaceState& next, int place) const {
    const auto& pairs = next.set->pairs->tokens;
    const auto at = static_cast<std::size_t>(place);
    const auto answer = pairs.answer(at);
    next.pair = place;
    next.prompt = {{}, pairs.clean.sequences[at].tokens, false};
    next.corrupt = {{}, pairs.corrupt.sequences[at].tokens, false};
    if (vocabulary_)
        next = spelled(next, *vocabulary_);
    next.position = static_cast<int>(next.prompt.tokens.size()) - 1;
    next.target = answer.correct;
    next.versus = answer.incorrect;
}

void Workspace::closeSet() {
    auto next = state_;
    next.set = nullptr;
    next.pair = 0;
    next.mean = false;
    change(tr("close the set"), next);
}

void Workspace::showPair(int place) {
    if (!state_.set || state_.set->size() == 0)
        return;
    auto next = state_;
    takePair(next, std::clamp(place, 0, state_.set->size() - 1));
    next.mean = false;
    change(tr("step through the set"), next, steppingId);
}

void Workspace::setMean(bool mean) {
    if (!state_.set)
        return;
    auto next = state_;
    next.mean = mean;
    change(mean ? tr("ask the whole set") : tr("ask this prompt"), next);
}

void Workspace::askAgain(const WorkspaceState& asked,
                         const std::shared_ptr<const Vocabulary>& vocabulary) {
    if (!vocabulary_)
        return Q_EMIT message(tr("Open a model first: it says what a token is."));
    const auto here = taken(asked, vocabulary, *vocabulary_);
    auto next = state_;
    next.prompt = here.state.prompt;
    next.corrupt = here.state.corrupt;
    next.target = here.state.target;
    next.versus = here.state.versus;
    next.position = std::max(0, static_cast<int>(next.prompt.tokens.size()) - 1);
    next.mean = false;
    if (!here.said.isEmpty())
        Q_EMIT message(here.said.join(QLatin1Char(' ')));
    change(tr("ask again"), next);
}

} // namespace residuum

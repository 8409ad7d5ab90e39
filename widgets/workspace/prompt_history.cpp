#include "widgets/workspace/prompt_history.h"

#include "core/task/error.h"
#include "widgets/workspace/workspace.h"

#include <algorithm>

namespace residuum {

namespace {

bool asksSame(const WorkspaceState& a, const WorkspaceState& b) {
    return a.prompt.tokens == b.prompt.tokens && a.corrupt.tokens == b.corrupt.tokens &&
           a.target == b.target && a.versus == b.versus;
}

PromptState promptState(const SessionPrompt& prompt) {
    return {QString::fromStdString(prompt.text), prompt.tokens, prompt.endOfTextFirst};
}

/// Whether the text alone says which tokens are meant.
bool isText(const PromptState& prompt, const Tokenizer* tokenizer) {
    auto typed = prompt.tokens;
    if (prompt.endOfTextFirst && !typed.empty())
        typed.erase(typed.begin());
    try {
        return tokenizer != nullptr && tokenizer->encode(prompt.text.toStdString()) == typed;
    } catch (const Error&) {
        return false;
    }
}

bool isPair(const WorkspaceState& state) {
    return state.target && state.versus && !state.corrupt.tokens.empty() &&
           state.corrupt.tokens.size() == state.prompt.tokens.size() &&
           state.corrupt.tokens != state.prompt.tokens;
}

} // namespace

PromptHistory::PromptHistory(Workspace& workspace) : workspace_(workspace) {
    connect(&workspace, &Workspace::resultsChanged, this, [this] { note(); });
}

/// What the document asks, and what of it is answered.
AskedPrompt PromptHistory::shown() const {
    const auto& state = workspace_.state();
    AskedPrompt entry;
    entry.asked.prompt = state.prompt;
    entry.asked.corrupt = state.corrupt;
    entry.asked.target = state.target;
    entry.asked.versus = state.versus;
    entry.vocabulary = workspace_.vocabulary();
    for (const auto& board : workspace_.boards()) {
        bool any = false;
        for (const auto& column : workspace_.columns()) {
            const auto* status = column.model ? board->status(column.id) : nullptr;
            if (status == nullptr || !status->complete())
                continue;
            any = true;
            if (const auto answer = board->promptAnswer(column); answer && !answer->stale)
                entry.totals.emplace_back(column.name, answer->logit);
        }
        if (any)
            entry.kinds.push_back(board->kind());
    }
    return entry;
}

std::size_t PromptHistory::shownEntry() const {
    const auto found =
        std::find_if(entries_.begin(), entries_.end(), [this](const AskedPrompt& entry) {
            return asksSame(entry.asked, workspace_.state());
        });
    return static_cast<std::size_t>(found - entries_.begin());
}

void PromptHistory::note() {
    const bool isThere = shownEntry() < entries_.size();
    if (workspace_.asksMean() || workspace_.state().prompt.tokens.empty() ||
        (!isThere && workspace_.showsPair()))
        return;
    auto entry = shown();
    if (!entry.totals.empty())
        take(std::move(entry));
}

/// As the last one; what is known of it already stays known.
void PromptHistory::take(AskedPrompt entry) {
    if (const auto place = shownEntry(); place < entries_.size()) {
        const auto& there = entries_[place];
        for (const auto& kind : there.kinds)
            if (std::find(entry.kinds.begin(), entry.kinds.end(), kind) == entry.kinds.end())
                entry.kinds.push_back(kind);
        for (const auto& total : there.totals)
            if (std::none_of(entry.totals.begin(), entry.totals.end(),
                             [&](const auto& each) { return each.first == total.first; }))
                entry.totals.push_back(total);
        entry.isStarred |= there.isStarred;
        std::sort(entry.kinds.begin(), entry.kinds.end());
        if (place == 0 && there.kinds == entry.kinds && there.totals == entry.totals &&
            there.isStarred == entry.isStarred)
            return;
        entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(place));
    }
    entries_.insert(entries_.begin(), std::move(entry));
    std::size_t plain = 0;
    std::erase_if(entries_,
                  [&](const AskedPrompt& each) { return !each.isStarred && ++plain > mostKept; });
    Q_EMIT changed();
}

void PromptHistory::setStarred(std::size_t entry, bool starred) {
    if (entry >= entries_.size() || entries_[entry].isStarred == starred)
        return;
    entries_[entry].isStarred = starred;
    Q_EMIT changed();
}

void PromptHistory::starShown(bool starred) {
    if (const auto place = shownEntry(); place < entries_.size())
        return setStarred(place, starred);
    if (!starred || workspace_.state().prompt.tokens.empty())
        return;
    auto entry = shown();
    entry.isStarred = true;
    take(std::move(entry));
}

bool PromptHistory::isShownStarred() const {
    const auto place = shownEntry();
    return place < entries_.size() && entries_[place].isStarred;
}

void PromptHistory::forget(std::size_t entry) {
    if (entry >= entries_.size())
        return;
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(entry));
    Q_EMIT changed();
}

void PromptHistory::goBackTo(std::size_t entry) {
    if (entry >= entries_.size())
        return;
    const auto wanted = entries_[entry]; // what is asked next moves it
    workspace_.askAgain(wanted.asked, wanted.vocabulary);
}

PairRequest PromptHistory::starredPairs(int& left) const {
    PairRequest request;
    left = 0;
    const auto tokenizer = workspace_.tokenizer();
    std::vector<WorkspaceState> states;
    for (const auto& entry : entries_) {
        if (!entry.isStarred)
            continue;
        const auto state =
            workspace_.vocabulary()
                ? taken(entry.asked, entry.vocabulary, *workspace_.vocabulary()).state
                : entry.asked;
        if (isPair(state))
            states.push_back(state);
        else
            ++left;
    }
    const auto all = [&](const auto& holds) {
        return std::all_of(states.begin(), states.end(), [&](const WorkspaceState& state) {
            return holds(state.prompt) && holds(state.corrupt);
        });
    };
    const bool texts =
        all([&](const PromptState& prompt) { return isText(prompt, tokenizer.get()); });
    const bool ends = all([](const PromptState& prompt) { return prompt.endOfTextFirst; });
    const bool byTexts =
        texts && (ends || all([](const PromptState& prompt) { return !prompt.endOfTextFirst; }));
    request.prependEndOfText = byTexts && ends && !states.empty();
    const auto answer = [&](TokenId token) {
        return byTexts ? tokenizer->bytes(token) : "#" + std::to_string(token.value);
    };
    for (const auto& state : states) {
        PromptPair pair;
        if (byTexts) {
            pair.clean = state.prompt.text.toStdString();
            pair.corrupt = state.corrupt.text.toStdString();
        } else {
            pair.cleanIds = state.prompt.tokens;
            pair.corruptIds = state.corrupt.tokens;
        }
        pair.correct = answer(*state.target);
        pair.incorrect = answer(*state.versus);
        request.pairs.push_back(std::move(pair));
    }
    return request;
}

std::vector<SessionAsked> PromptHistory::kept() const {
    std::vector<SessionAsked> kept;
    for (const auto& [asked, vocabulary, isStarred, totals, kinds] : entries_) {
        SessionAsked entry{sessionPrompt(asked.prompt),
                           sessionPrompt(asked.corrupt),
                           asked.target,
                           asked.versus,
                           isStarred,
                           {},
                           kinds};
        for (const auto& [model, total] : totals)
            entry.totals.emplace_back(model.toStdString(), total);
        kept.push_back(std::move(entry));
    }
    return kept;
}

void PromptHistory::restore(const std::vector<SessionAsked>& kept) {
    entries_.clear();
    for (const auto& there : kept) {
        AskedPrompt entry;
        entry.asked.prompt = promptState(there.prompt);
        entry.asked.corrupt = promptState(there.corrupt);
        entry.asked.target = there.target;
        entry.asked.versus = there.versus;
        entry.isStarred = there.isStarred;
        for (const auto& [model, total] : there.totals)
            entry.totals.emplace_back(QString::fromStdString(model), total);
        entry.kinds = there.kinds;
        entries_.push_back(std::move(entry));
    }
    Q_EMIT changed();
}

} // namespace residuum

#include "analysis/inputs/pair_checks.h"

#include <algorithm>
#include <vector>

namespace residuum {

namespace {

using Tokens = std::vector<TokenId>;

Tokens joined(Tokens first, const Tokens& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

/// The answers of one side, in one order.
Tokens side(TokenId first, const Tokens& more) {
    auto tokens = joined({first}, more);
    std::sort(tokens.begin(), tokens.end());
    return tokens;
}

std::optional<std::string> promptProblem(const std::string& which, const TokenSequence& prompt,
                                         const ModelConfig& config) {
    const auto size = prompt.tokens.size();
    if (size == 0)
        return "the " + which + " prompt is empty; at least one token is needed";
    if (size > static_cast<std::size_t>(config.n_ctx))
        return "the " + which + " prompt has " + std::to_string(size) +
               " tokens, the model's context holds " + std::to_string(config.n_ctx) +
               "; shorten it";
    for (const auto token : prompt.tokens)
        if (token.value < 0 || token.value >= config.d_vocab)
            return "the " + which + " prompt's token " + std::to_string(token.value) +
                   " is outside the vocabulary of " + std::to_string(config.d_vocab) + " tokens";
    return std::nullopt;
}

} // namespace

std::optional<std::string> pairProblem(const TokenSequence& clean, const TokenSequence& corrupt,
                                       const AnswerTokens& answers, const ModelConfig& config,
                                       bool twoAnswers) {
    for (const auto& [which, prompt] : {std::pair{"clean", &clean}, {"corrupted", &corrupt}})
        if (auto problem = promptProblem(which, *prompt, config))
            return problem;
    if (clean.tokens.size() != corrupt.tokens.size())
        return "the clean prompt has " + std::to_string(clean.tokens.size()) +
               " tokens, the corrupted one " + std::to_string(corrupt.tokens.size()) +
               "; patching needs as many in both, token under token";
    if (clean.tokens == corrupt.tokens)
        return "clean and corrupted prompt are the same tokens, so there is nothing to patch; "
               "change a token of the corrupted one";
    const auto correct = side(answers.correct, answers.moreCorrect);
    const auto incorrect = side(answers.incorrect, answers.moreIncorrect);
    for (const auto token : joined(correct, incorrect))
        if (token.value < 0 || token.value >= config.d_vocab)
            return "the answer token " + std::to_string(token.value) +
                   " is outside the vocabulary of " + std::to_string(config.d_vocab) + " tokens";
    if (twoAnswers && correct == incorrect)
        return "correct and incorrect answer are the same token (" +
               std::to_string(answers.correct.value) +
               "), so their logit difference is always zero; choose two, or --metric prob";
    return std::nullopt;
}

} // namespace residuum

// Clean and corrupted prompts with their answers, as tokens. Plain data.
#pragma once

#include "analysis/inputs/token_input.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

/// The answers whose logits a patching metric reads.
struct AnswerTokens {
    TokenId correct, incorrect;
    /// Further ones of each side, which then stands for the mean over its tokens.
    std::vector<TokenId> moreCorrect{}, moreIncorrect{};

    friend bool operator==(const AnswerTokens&, const AnswerTokens&) = default;
};

/// Where the words stand that a task is about, by name: "IO", "S2", "end".
struct PairRoles {
    std::vector<std::string> names;
    std::vector<std::vector<int>> positions; ///< [pair][role]: the word's last token; -1: none

    friend bool operator==(const PairRoles&, const PairRoles&) = default;
};

/// One of them.
struct RolePosition {
    std::string name;
    int position = 0;
};

/// Pair i: clean.sequences[i], corrupt.sequences[i], answer(i). Both prompts of a pair have the
/// same number of tokens and differ somewhere.
struct PairTokens {
    TokenInput clean, corrupt;
    TokenInput answers; ///< per pair the correct and the incorrect token, as result files have them
    /// Per pair the further ones; no sequences where no pair has any.
    TokenInput moreCorrect{}, moreIncorrect{};
    PairRoles roles{}; ///< no names where no pair has any

    std::size_t size() const { return answers.sequences.size(); }
    AnswerTokens answer(std::size_t pair) const {
        const auto& tokens = answers.sequences[pair].tokens;
        if (moreCorrect.sequences.empty())
            return {tokens.at(0), tokens.at(1)};
        return {tokens.at(0), tokens.at(1), moreCorrect.sequences[pair].tokens,
                moreIncorrect.sequences[pair].tokens};
    }
    void add(TokenSequence cleanTokens, TokenSequence corruptTokens, AnswerTokens answerTokens) {
        clean.sequences.push_back(std::move(cleanTokens));
        corrupt.sequences.push_back(std::move(corruptTokens));
        answers.sequences.push_back({{answerTokens.correct, answerTokens.incorrect}, {}});
        const bool more = !answerTokens.moreCorrect.empty() || !answerTokens.moreIncorrect.empty();
        if (!more && moreCorrect.sequences.empty())
            return;
        moreCorrect.sequences.resize(size());
        moreIncorrect.sequences.resize(size());
        moreCorrect.sequences.back().tokens = std::move(answerTokens.moreCorrect);
        moreIncorrect.sequences.back().tokens = std::move(answerTokens.moreIncorrect);
    }
    friend bool operator==(const PairTokens&, const PairTokens&) = default;
};

} // namespace residuum

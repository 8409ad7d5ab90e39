// Token sequences to compute on. Plain data.
#pragma once

#include "core/index.h"

#include <optional>
#include <vector>

namespace residuum {

/// What a prompt of a pair is to be answered, and what not.
struct OwnAnswers {
    TokenId correct, incorrect;

    friend bool operator==(const OwnAnswers&, const OwnAnswers&) = default;
};

struct TokenSequence {
    std::vector<TokenId> tokens;
    /// The token after the last one, where the source has it: a target only, never an input.
    std::optional<TokenId> following;
    std::optional<OwnAnswers> answers{}; ///< of a pair's clean prompt

    friend bool operator==(const TokenSequence&, const TokenSequence&) = default;
};

struct TokenInput {
    std::vector<TokenSequence> sequences;

    friend bool operator==(const TokenInput&, const TokenInput&) = default;
};

} // namespace residuum

// What a pair of prompts must be to be patched.
#pragma once

#include "analysis/inputs/prompt_pair.h"
#include "core/checkpoint/config.h"

#include <optional>
#include <string>

namespace residuum {

/// Why these prompts cannot be patched with these answers, one sentence; empty: they can. Unequal
/// or no tokens, more than the context, the same prompt twice, a token outside the vocabulary,
/// answers that coincide where the metric is their difference (`twoAnswers`).
std::optional<std::string> pairProblem(const TokenSequence& clean, const TokenSequence& corrupt,
                                       const AnswerTokens& answers, const ModelConfig& config,
                                       bool twoAnswers);

} // namespace residuum

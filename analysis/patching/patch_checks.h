// What a request for patching and its pairs of prompts must be, refused in words.
#pragma once

#include "analysis/inputs/prompt_pair.h"
#include "analysis/patching/patch_request.h"
#include "core/checkpoint/config.h"

namespace residuum {

/// The first position whose tokens differ; the length where none does.
int firstDifference(const PairTokens& pairs, std::size_t pair);

/// Throws Error naming the pair (counted from 1): what `pairProblem` says of it.
void requireValid(const PairTokens& pairs, PatchMetric metric, const ModelConfig& config);

/// Throws UsageError naming the option.
void requireSensible(const PatchRequest& request, const ModelConfig& config);

/// Whether any of its methods needs a backward pass.
bool needsGradients(const PatchRequest& request);

} // namespace residuum

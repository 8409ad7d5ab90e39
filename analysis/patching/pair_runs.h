// The two runs of prompt pairs that patching starts from, with everything they left behind.
//
// Shapes: B = pairs of one length, T = pos.
#pragma once

#include "analysis/inputs/token_input.h"
#include "core/model/model_run.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace residuum {

/// `base` is patched into, `source` patched from.
struct PairRuns {
    ModelRun base, source;
};

/// Of some of the pairs, which are of one length: [pairs, T] int64.
at::Tensor tokensOf(const TokenInput& input, const std::vector<std::size_t>& pairs);

/// Both runs in one pass over [2·B, T]. baseTokens, sourceTokens: [B, T] int64. Throws Cancelled.
PairRuns runPairs(const Weights& weights, const at::Tensor& baseTokens,
                  const at::Tensor& sourceTokens, const Progress& progress);

/// Bytes that `runPairs` keeps per pair of `length` tokens.
std::int64_t runBytesPerPair(const Weights& weights, std::int64_t length);

} // namespace residuum

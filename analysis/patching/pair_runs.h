// The two runs of prompt pairs that patching starts from, with everything they left behind.
//
// Shapes: B = pairs of one length, T = pos.
#pragma once

#include "core/model/model_run.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace residuum {

/// `base` is patched into, `source` patched from.
struct PairRuns {
    ModelRun base, source;
};

/// Both runs in one pass over [2·B, T]. baseTokens, sourceTokens: [B, T] int64. Throws Cancelled.
PairRuns runPairs(const Weights& weights, const at::Tensor& baseTokens,
                  const at::Tensor& sourceTokens, const Progress& progress);

/// Bytes that `runPairs` keeps per pair of `length` tokens.
std::int64_t runBytesPerPair(const Weights& weights, std::int64_t length);

} // namespace residuum

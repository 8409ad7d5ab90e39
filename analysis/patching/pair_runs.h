// The two runs of prompt pairs that patching starts from, with everything they left behind.
//
// Shapes: B = pairs of one length, T = pos, d = d_model, H = n_heads, D = d_head, M = d_mlp,
// V = d_vocab.
#pragma once

#include "core/model/weights.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace residuum {

/// One block's activations. Tensors are shared with the pass that made them: not to be written to.
struct LayerRun {
    at::Tensor residPre, residMid; ///< [B, T, d]
    at::Tensor q, k, v, z;         ///< [B, T, H, D]
    at::Tensor attnOut, mlpOut;    ///< [B, T, d]
    at::Tensor mlpPre, mlpPost;    ///< [B, T, M]
};

struct PairRun {
    std::vector<LayerRun> layers;
    at::Tensor residFinal; ///< [B, T, d], the last block's hook_resid_post
};

/// `base` is patched into, `source` patched from.
struct PairRuns {
    PairRun base, source;
};

/// Both runs in one pass over [2·B, T]. baseTokens, sourceTokens: [B, T] int64. Throws Cancelled.
PairRuns runPairs(const Weights& weights, const at::Tensor& baseTokens,
                  const at::Tensor& sourceTokens, const Progress& progress);

/// One run from block 0's residual stream, [B, T, d].
PairRun runFrom(const Weights& weights, const at::Tensor& resid, const Progress& progress);

/// Bytes that `runPairs` keeps per pair of `length` tokens.
std::int64_t runBytesPerPair(const Weights& weights, std::int64_t length);

} // namespace residuum

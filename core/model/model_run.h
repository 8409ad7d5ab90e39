// What a forward pass leaves behind for those who go on from it or back through it.
//
// Shapes: B = batch, T = pos, d = d_model, H = n_heads, D = d_head, M = d_mlp.
#pragma once

#include "core/index.h"
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

struct ModelRun {
    std::vector<LayerRun> layers;
    at::Tensor residFinal; ///< [B, T, d], the last block's hook_resid_post
};

/// Which activations are kept; the others stay undefined.
enum class Kept {
    All,
    ForBackward ///< what blockBackward needs: all but attnOut, mlpOut and mlpPost
};

/// tokens: [B, T] int64, as `forward` takes them. Throws Cancelled.
ModelRun runTokens(const Weights& weights, const at::Tensor& tokens, Kept kept,
                   const Progress& progress);
/// From block 0's residual stream, [B, T, d].
ModelRun runFrom(const Weights& weights, const at::Tensor& resid, Kept kept,
                 const Progress& progress);
/// One block alone, from its residPre [B, T, d].
LayerRun runBlock(const Weights& weights, LayerIndex layer, const at::Tensor& residPre, Kept kept);

} // namespace residuum

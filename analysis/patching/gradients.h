// The backward pass of a metric through a base run, block by block, for every activation at once.
// By hand: the weights need no gradients, and products go the way of the forward pass.
//
// Shapes: B = pairs, T = pos, d = d_model, H = n_heads, D = d_head, M = d_mlp.
#pragma once

#include "analysis/patching/pair_runs.h"

#include <functional>
#include <optional>

namespace residuum {

/// d metric / d activation of one block.
struct LayerGradients {
    at::Tensor residPre;
    at::Tensor residMid;               ///< [B, T, d]; attn_out's is the same
    at::Tensor residPost;              ///< [B, T, d]; mlp_out's is the same
    at::Tensor q, k, v, z;             ///< [B, T, H, D]
    at::Tensor scores;                 ///< [B, H, query, key], 0 where masked
    at::Tensor patternGradient;        ///< [B, H, query, key]
    at::Tensor pattern;                ///< [B, H, query, key], the base run's own
    at::Tensor mlpPost, mlpPre;        ///< [B, T, M]
    at::Tensor qkNorm, vNorm, ln2Norm; ///< [B, T, d], at the sites' outputs
};

/// Called from the last layer to the first.
using GradientVisitor = std::function<void(int layer, const LayerGradients&)>;

/// gradientAtEnd: [B, d], d metric / d residFinal at the last position. `dropped`: a layer whose
/// contribution to the residual stream is held fixed (GradDrop, arXiv 2403.00745, section 3.2).
/// Polls `progress` per layer. Throws Cancelled.
void backward(const Weights& weights, const PairRun& base, const at::Tensor& gradientAtEnd,
              const GradientVisitor& visit, const Progress& progress,
              std::optional<int> dropped = std::nullopt);

/// Runs whose block-0 residual streams lie between base and source, at (i + 1/2) / steps of the way
/// (integrated gradients' midpoint rule). Throws Cancelled.
void forEachStep(const Weights& weights, const PairRuns& runs, int steps, const Progress& progress,
                 const std::function<void(const PairRun&)>& visit);

} // namespace residuum

// The backward pass through a block, for every activation and, where asked, every weight at once.
// By hand: products go the way of the forward pass, and nothing is kept that is not needed.
//
// Shapes: B = batch, T = pos, d = d_model, H = n_heads, D = d_head, M = d_mlp.
#pragma once

#include "core/model/dropout.h"
#include "core/model/model_run.h"

#include <ATen/core/Tensor.h>

namespace residuum {

/// d loss / d activation of one block.
struct LayerGradients {
    at::Tensor residPre;
    at::Tensor residMid;        ///< [B, T, d]; attn_out's is the same, before dropout
    at::Tensor residPost;       ///< [B, T, d]; mlp_out's likewise
    at::Tensor q, k, v, z;      ///< [B, T, H, D]
    at::Tensor patternGradient; ///< [B, H, query, key], where maps are asked for
    at::Tensor pattern;         ///< [B, H, query, key], the run's own, where asked for
    at::Tensor mlpPost, mlpPre; ///< [B, T, M]
    at::Tensor ln2Norm;         ///< [B, T, d], at ln_2's output
};

/// What the pass is to give beside the gradients of activations.
struct BackwardWish {
    bool maps = false;            ///< whole patterns and their gradients
    BlockWeights* into = nullptr; ///< the weights' gradients are added here
    LayerDropout dropout{};       ///< of the forward pass; not together with `maps`
};

/// run: kept at least for the backward pass. residPost: [B, T, d], d loss / d hook_resid_post.
/// Polls `progress` between products. Throws Cancelled.
LayerGradients blockBackward(const BlockWeights& block, const LayerRun& run,
                             const at::Tensor& residPost, Activation activation,
                             const BackwardWish& wish, const Progress& progress);

} // namespace residuum

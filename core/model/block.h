// The parts of a transformer block, each pure and each with its backward beside it. Forward pass,
// resumed passes, path patching, gradients, training and generation are made of these.
//
// Shapes: … = batch and pos, or rows; d = d_model, H = n_heads, D = d_head (H·D = d), M = d_mlp.
#pragma once

#include "core/model/weights.h"

#include <ATen/core/Tensor.h>

#include <array>

namespace residuum {

/// What queries and keys, and what values read: ln_1's output at its two sites.
struct AttentionInput {
    at::Tensor qk, v; ///< [..., d]
    bool same = true; ///< one site: `v` is `qk` itself
};
/// resid: [..., d], hook_resid_pre.
AttentionInput normalizeForAttention(const at::Tensor& resid, const BlockWeights& block);

/// Queries, keys, values: the thirds of a block's q|k|v columns.
enum class Third { Queries = 0, Keys = 1, Values = 2 };
/// One of them, [..., d].
at::Tensor project(const AttentionInput& input, const BlockWeights& block, Third third);
/// Those from `first` on (the others undefined), in one product where the sites are one. [..., d]
std::array<at::Tensor, 3> projectFrom(const AttentionInput& input, const BlockWeights& block,
                                      Third first);

/// z [..., d]: hook_attn_out.
at::Tensor attentionOut(const at::Tensor& z, const BlockWeights& block);
/// norm [..., d], ln_2's output: mlp.hook_pre, [..., M].
at::Tensor mlpPre(const at::Tensor& norm, const BlockWeights& block);
/// post [..., M]: hook_mlp_out, [..., d].
at::Tensor mlpOut(const at::Tensor& post, const BlockWeights& block);

/// Each takes d loss / d output and returns d loss / d input; where `into` is not null it adds the
/// gradients of the part's weights there (the places of BlockWeights).
struct ProjectedGradients {
    at::Tensor q, k, v; ///< [..., d]
};
/// Of the sites' outputs, as AttentionInput has them: where the site is one, `qk` is the gradient
/// of all that read it and `v` undefined.
struct AttentionInputGradients {
    at::Tensor qk, v; ///< [..., d]
};
AttentionInputGradients projectBackward(const ProjectedGradients& gradients,
                                        const AttentionInput& input, const BlockWeights& block,
                                        BlockWeights* into);
at::Tensor attentionOutBackward(const at::Tensor& gradient, const at::Tensor& z,
                                const BlockWeights& block, BlockWeights* into);
at::Tensor mlpPreBackward(const at::Tensor& gradient, const at::Tensor& norm,
                          const BlockWeights& block, BlockWeights* into);
at::Tensor mlpOutBackward(const at::Tensor& gradient, const at::Tensor& post,
                          const BlockWeights& block, BlockWeights* into);

} // namespace residuum

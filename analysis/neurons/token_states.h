// A block of tokens before the ablation: what the final site reads, logits and probabilities.
//
// Shapes: R = tokens of the block, d = d_model, V = d_vocab.
#pragma once

#include "core/model/weights.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace residuum {

/// m, p, q are contiguous, on the weights' device, float64 for float64 models, else float32.
struct TokenStates {
    at::Tensor resid; ///< [R, d] float64, CPU: the final residual, centred where ln_f centres
    std::vector<double> square; ///< [R] its mean square
    at::Tensor m;               ///< [R, V] logits without b_U, minus their mean under p
    at::Tensor p;               ///< [R, V] probabilities
    at::Tensor q;               ///< [R, V] log p + entropy
    std::vector<std::int64_t> targets;
    std::vector<double> loss, entropy; ///< [R] nats
    std::vector<double> largestM;      ///< [R] max |m|

    std::int64_t count() const { return m.size(0); }
};

/// final: [R, d], the last layer's hook_resid_post.
TokenStates tokenStates(const Weights& weights, const at::Tensor& final,
                        std::vector<std::int64_t> targets);

/// Bytes that the states of one token take while they are made.
std::int64_t tokenStateBytes(const Weights& weights);

} // namespace residuum

// The losses of training, each with its gradient (SCIENCE §6).
//
// Shapes: N = tokens, B = batch, T = pos, d = d_model, V = d_vocab.
#pragma once

#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace residuum {

/// A label that is not scored.
inline constexpr std::int64_t noLabel = -1;

struct CrossEntropy {
    double sum = 0.0;             ///< nats, over the scored tokens
    std::int64_t above50Nats = 0; ///< of them
    at::Tensor gradient;          ///< [N, d], d (weight · sum) / d norm
};

/// norm: [N, d], ln_f's output. W_U_rows: [V, d]. labels: [N] int64, noLabel where a token is not
/// scored. Logits exist for some rows at a time, in float32 at least. Where `into` is defined,
/// d (weight · sum) / d W_U_rows is added to it. Polls `progress` per tile. Throws Cancelled.
CrossEntropy crossEntropy(const at::Tensor& norm, const at::Tensor& W_U_rows,
                          const at::Tensor& labels, double weight, const at::Tensor& into,
                          const Progress& progress);

/// The auxiliary loss at ln_f's input (arXiv 2507.02559): the mean over all tokens of
/// (σ - target)², σ = sqrt(var + 1e-5) over d_model, target the mean σ of the tokens that are
/// neither at position 0 nor `endOfText` (1 where there is none) and no part of the gradient.
struct SpreadLoss {
    double mean = 0.0;
    at::Tensor gradient; ///< [B, T, d]
};
/// resid: [B, T, d]. tokens: [B, T] int64.
SpreadLoss spreadLoss(const at::Tensor& resid, const at::Tensor& tokens, std::int64_t endOfText);

} // namespace residuum

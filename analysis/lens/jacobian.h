// How a change of the stream after a layer changes the final stream, in the mean (SCIENCE §5,
// "Jacobian lens").
//
// Shapes: d = d_model, L = n_layers.
#pragma once

#include "analysis/inputs/token_input.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace residuum {

struct Weights;

/// The positions [first, last) of a sequence that are averaged over: without the first 16 and the
/// last; of at most 17 tokens without the first quarter and the last.
struct JacobianSources {
    std::int64_t first = 0, last = 0;
};
JacobianSources jacobianSources(std::int64_t length);

/// Per layer [d, d] float64, J[i][j]: the mean over sequences, and over the source positions t of
/// each, of Σ_{t' ≥ t} ∂ (what ln_f reads at t')_i / ∂ (block l's output at t)_j. The last one is
/// the identity. d backward passes per sequence, each of at least two tokens, some at a time within
/// `memory` bytes. Throws Cancelled.
std::vector<at::Tensor> jacobians(const Weights& weights, const TokenInput& input,
                                  std::int64_t memory, Progress& progress);

} // namespace residuum

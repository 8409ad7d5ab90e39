// What each component adds to a token's lens logit, where the lens is affine.
//
// Shapes: n = rows, d = d_model, N = number of components.
#pragma once

#include "analysis/lens/streams.h"

#include <ATen/core/Tensor.h>

namespace residuum {

struct Weights;

/// tokens: [n] ids. gate: of ln_f, what every point of a row is multiplied by, [n, 1] or [n, d].
/// Returns [N, n] float64 on the CPU, N in the order of allComponents.
at::Tensor contributions(const Weights& weights, const Streams& streams, const at::Tensor& tokens,
                         const at::Tensor& gate);

} // namespace residuum

// What every component adds to the attributed quantity at every row, by dot products alone.
//
// Shapes: R = rows, d = d_model, H = n_heads, D = d_head, M = d_mlp, N = number of components.
#pragma once

#include "analysis/attribution/row_activations.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <functional>

namespace residuum {

struct Weights;

/// The direction in the unembedding whose dot product with the normalised residual is attributed.
struct TargetDirection {
    /// [R, d], or [1, d] where all rows share it: the column(s) of W_U, float64, as they stand
    /// after centring over the vocabulary but before ln_f's gain is folded in.
    at::Tensor column;
    at::Tensor unembedBias; ///< [R] or [1] float64: column · ln_f's bias
};

/// [N, R] float64 on the CPU, N in the order of allComponents.
struct ComponentEffects {
    at::Tensor dla;          ///< LN frozen at the whole residual's scale
    at::Tensor directEffect; ///< LN recomputed without the component
};

/// Takes one layer's neurons, each [R, M] float64 on the CPU: those of all layers would fill memory
/// several times over.
using NeuronSink =
    std::function<void(int layer, const at::Tensor& dla, const at::Tensor& directEffect)>;

/// With c a component and w the column with ln_f's gain:
///   DLA(c) = centre(c) ⊙ gate(r) · w,   DE(c) = (centre(r) ⊙ gate(r) - centre(r - c) ⊙ gate(r -
///   c)) · w
/// Where the gate is one number 1 / s(·), with u = centre(w) and a = r·u:
///   DLA(c) = c·u / s(r),   DE(c) = a / s(r) - (a - c·u) / s(r - c)
/// and the mean square that s follows from is a sum of dot products, var(r - c) = var r - 2 cov(r,
/// c)
/// + var c. Where it is a number per feature, every effect recomputes it over d_model. Products
/// with weight matrices run in the model's dtype, everything after them in float64 (SCIENCE §2).
/// Where little is left of the residual without c, so that that mean square would be a small
/// difference of large numbers, r - c is summed anew from all other components in float64. Reports
/// a step per layer. `neurons` is called per layer where `rows` has mlpPost.
ComponentEffects componentEffects(const Weights& weights, const RowActivations& rows,
                                  const TargetDirection& direction, Progress& progress,
                                  const NeuronSink& neurons);

} // namespace residuum

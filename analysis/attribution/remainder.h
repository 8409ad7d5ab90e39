// The final residual without one component, where little is left of it.
//
// Shapes: R = rows, d = d_model, n = how many components are taken out at once.
#pragma once

#include "analysis/attribution/row_activations.h"

#include <ATen/core/Tensor.h>

namespace residuum {

struct Weights;

/// Sums everything but the component in float64: the residual itself is rounded at the size of its
/// largest part, so that residual minus component would keep few digits where that part dominates.
/// All results are [n, d] float64; `rows` and members are int64 [n], where float64 is.
class Remainder {
  public:
    Remainder(const Weights& weights, const RowActivations& activations)
        : weights_(weights), activations_(activations) {}

    /// Without `vectors`, [n, d] or [1, d]: parts of an output of the model as they were added.
    at::Tensor withoutVectors(const at::Tensor& rows, const at::Tensor& vectors);
    /// Without these heads of a layer (bias-free values, as everywhere).
    at::Tensor withoutHeads(std::size_t layer, const at::Tensor& rows, const at::Tensor& heads);
    /// Without these neurons of a layer.
    at::Tensor withoutNeurons(std::size_t layer, const at::Tensor& rows, const at::Tensor& neurons);

  private:
    const at::Tensor& sum();

    const Weights& weights_;
    const RowActivations& activations_;
    at::Tensor sum_; ///< [R, d] float64, made on first use
};

} // namespace residuum

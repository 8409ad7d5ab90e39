// mlp.hook_post of one layer over a dataset, summed up as it comes.
//
// Shapes: R = tokens of a batch, M = d_mlp.
#pragma once

#include "analysis/neurons/neuron_result.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <vector>

namespace residuum {

class ActivationStatistics {
  public:
    explicit ActivationStatistics(std::int64_t neurons);

    /// post: [R, M]; places: [R] of its tokens.
    void add(const at::Tensor& post, const std::vector<std::size_t>& places);
    NeuronActivations result() const;

  private:
    std::size_t tokens_ = 0;
    at::Tensor sum_, squares_, least_, most_, positive_; ///< [M] float64; squares around shift_
    at::Tensor shift_;                                   ///< [M] the first batch's mean
    at::Tensor topValue_, topPlace_;                     ///< [M, ≤ listedTokens]
};

} // namespace residuum

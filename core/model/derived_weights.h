// Small quantities that follow from the weights alone and that attributions need for every prompt.
// Made on first use, and again for another generation of the weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace residuum {

struct Weights;

struct DerivedWeights {
    /// [d] float64: the mean of W_U's columns, which centring subtracts from each of them.
    at::Tensor unembedMean;
    /// Per layer [H, D, D] float64: W_O[h] W_O[h]ᵀ with each row of W_O centred over d_model where
    /// ln_f centres, so that zᵀ G z is d_model times the mean square of the head's output z W_O[h]
    /// as ln_f sees it.
    std::vector<at::Tensor> headGram;
    /// Per layer [H·D] float64: the value bias as it reaches z, ln_1's bias included. Attention
    /// weights sum to one, so it is a constant that no head owns (SCIENCE §1, "Folding").
    std::vector<at::Tensor> valueBias;
    /// Per layer [d] float64: b_O with the value biases folded in.
    std::vector<at::Tensor> attnBias;
};

class DerivedWeightsCache {
  public:
    /// Of the weights' present generation; valid until they have another.
    const DerivedWeights& get(const Weights& weights);

  private:
    std::mutex mutex_;
    std::optional<DerivedWeights> made_;
    std::uint64_t generation_ = 0; ///< that made_ is of
};

} // namespace residuum

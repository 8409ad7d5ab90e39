// A model's weights as something that can be changed: owned, named by checkpoint key, each with its
// gradient. Analyses and passes see them as the Weights that they know.
#pragma once

#include "core/model/weights.h"

#include <cstdint>
#include <string>
#include <vector>

namespace residuum {

struct Parameter {
    std::string key;     ///< as in a checkpoint: h.0.attn.c_attn.weight
    at::Tensor value;    ///< may be written in place; say so by changed()
    at::Tensor gradient; ///< of the same shape, dtype and device
};

/// Belongs to one thread at a time.
class Parameters {
  public:
    /// Copies of `weights`; all gradients are zero.
    explicit Parameters(const Weights& weights);

    /// Each distinct tensor once, in the order of the model; a tied head is its embedding.
    const std::vector<Parameter>& all() const { return all_; }
    /// Throws Error where there is no such key.
    const Parameter& at(const std::string& key) const;

    /// The present values. The same object through all generations: what is derived from it
    /// follows. Its tensors are the parameters' own, no copies.
    const Weights& weights() const { return weights_; }
    /// The gradients in the weights' places. What reads a shared tensor adds to the one gradient.
    WeightTensors& gradients() { return gradients_; }

    std::uint64_t generation() const { return weights_.generation; }
    /// To be called after values were written: a new generation begins.
    void changed();
    /// The sites' kinds and constants (a DyT's alpha stays its tensor's); a new generation begins.
    void setSites(const Normalization& sites);
    void clearGradients();
    /// Of the values; the gradients take as many.
    std::int64_t bytes() const;

  private:
    Weights weights_;
    WeightTensors gradients_;
    std::vector<Parameter> all_;
};

} // namespace residuum

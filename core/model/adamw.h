// The optimiser: AdamW (Loshchilov and Hutter 2019, arXiv 1711.05101) as PyTorch computes it, with
// gradients clipped by their norm.
#pragma once

#include "core/model/parameters.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace residuum {

struct AdamWSettings {
    double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
    double weightDecay = 0.01;
    double clip = 1.0; ///< gradients are scaled by min(1, clip / (norm + 1e-6))
};

/// The running means of gradients and of their squares, beside the parameters.
class AdamW {
  public:
    /// `decays`: whether a parameter of this key has weight decay.
    AdamW(const Parameters& parameters, const AdamWSettings& settings,
          const std::function<bool(const std::string& key)>& decays);

    /// One update of all values; gradients are zero afterwards. Returns their norm over all
    /// parameters before clipping. Where that is no finite number nothing is changed but the
    /// gradients.
    double update(Parameters& parameters, double rate);

    std::int64_t updates() const { return updates_; }
    /// What an interrupted run needs to go on: per parameter, in their order, of its shape.
    struct Moments {
        at::Tensor first, second;
    };
    const std::vector<Moments>& moments() const { return moments_; }
    /// The moments' tensors were filled with those of a run after that many updates.
    void resumeAfter(std::int64_t updates) { updates_ = updates; }

  private:
    AdamWSettings settings_;
    std::vector<Moments> moments_;
    std::vector<bool> decays_;
    std::int64_t updates_ = 0;
};

/// The root of the sum of all gradients' squares, in float64; on the CPU the same for any number of
/// threads.
double gradientNorm(const Parameters& parameters);

} // namespace residuum

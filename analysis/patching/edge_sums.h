// What edges come to over many pairs, and paths pair by pair.
//
// Shapes: B = pairs of a group, S = senders, N = receivers.
#pragma once

#include "analysis/patching/exact_patching.h"
#include "analysis/patching/patch_result.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <vector>

namespace residuum {

class EdgeSums {
  public:
    /// scores: [B, S, N], squared in place, since there is hardly anything larger.
    void add(at::Tensor scores);
    /// Mean and deviation over the `pairs` that were added.
    EdgeGrid grid(PatchMethod method, const ModelConfig& config, std::size_t pairs) const;

  private:
    at::Tensor sum_, squares_; ///< [S, N] float64
};

/// Adds what the group's pairs, `members` of the `pairs` of the request, give to `path`.
void followPath(const PatchGroup& group, const PatchRequest& request,
                const std::vector<std::size_t>& members, std::size_t pairs, PathEffects& path,
                const Progress& progress);

} // namespace residuum

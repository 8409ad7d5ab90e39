// Runs in which several components' activations are others at once.
//
// Shapes: B = pairs of one length, T = pos, d = d_model, H = n_heads, D = d_head, M = d_mlp.
#pragma once

#include "analysis/groups/component_group.h"
#include "core/model/model_run.h"

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

namespace residuum {

/// One layer's activations that take others' places, each of the base's shape or one that is
/// broadcast to it.
struct LayerValues {
    at::Tensor z;       ///< [B, T, H, D] or [1, 1, H, D]
    at::Tensor mlpPost; ///< [B, T, M] or [1, 1, M]
    at::Tensor mlpOut;  ///< [B, T, d] or [1, 1, d]
};

/// What ln_f reads at the last position, [B, d], of `base` with the members' activations from
/// `values` (by layer) at every position. Begins at the first member's layer. Throws Cancelled.
at::Tensor runChanged(const Weights& weights, const ModelRun& base,
                      const std::vector<LayerValues>& values, std::span<const GroupMember> members,
                      const Progress& progress);

/// What the members write into the residual stream at the last position, [B, d] float64: heads
/// without their value biases, MLPs without b_out (SCIENCE §2).
at::Tensor writtenBy(const Weights& weights, const ModelRun& run,
                     std::span<const GroupMember> members);

} // namespace residuum

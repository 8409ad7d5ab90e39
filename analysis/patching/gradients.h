// The backward pass of a metric through a base run, block by block, for every activation at once.
//
// Shapes: B = pairs, d = d_model.
#pragma once

#include "analysis/patching/pair_runs.h"
#include "core/model/backward.h"

#include <functional>
#include <optional>

namespace residuum {

/// Called from the last layer to the first.
using GradientVisitor = std::function<void(int layer, const LayerGradients&)>;

/// gradientAtEnd: [B, d], d metric / d residFinal at the last position. `dropped`: a layer whose
/// contribution to the residual stream is held fixed (GradDrop, arXiv 2403.00745, section 3.2).
/// Polls `progress` per layer. Throws Cancelled.
void backward(const Weights& weights, const ModelRun& base, const at::Tensor& gradientAtEnd,
              const GradientVisitor& visit, const Progress& progress,
              std::optional<int> dropped = std::nullopt);

/// Runs whose block-0 residual streams lie between base and source, at (i + 1/2) / steps of the way
/// (integrated gradients' midpoint rule). Throws Cancelled.
void forEachStep(const Weights& weights, const PairRuns& runs, int steps, const Progress& progress,
                 const std::function<void(const ModelRun&)>& visit);

} // namespace residuum

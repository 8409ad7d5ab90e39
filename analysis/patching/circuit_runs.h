// The model with some of its edges alone: what a circuit makes of a prompt.
//
// Shapes: B = pairs of a group, C = circuits.
#pragma once

#include "analysis/patching/circuit.h"
#include "analysis/patching/exact_patching.h"
#include "analysis/tensor/eigen_adaptor.h"

#include <cstdint>
#include <span>

namespace residuum {

/// What the runs of a group are patched from and into, whatever their direction.
struct CleanAndCorrupt {
    const ModelRun& clean;
    const ModelRun& corrupt;
    std::vector<double> corruptMetric; ///< [B]
};

/// The metric, [B, C], of runs in which every receiver reads the corrupted run's residual stream,
/// plus what each of its senders in the circuit writes differently there than in the corrupted run;
/// the embedding is the clean prompt's. All edges give the clean run's, none the corrupted run's.
/// `bytes`: of working memory, at most, but for one run. `progress` advances by one per million
/// FLOP of as many plain passes over what differs. Throws Cancelled.
Table runCircuits(const PatchGroup& group, const CleanAndCorrupt& runs,
                  std::span<const Circuit> circuits, std::int64_t bytes, std::int64_t batchRows,
                  Progress& progress);

/// Bytes of one run that differs at `positions` positions.
std::int64_t circuitRunBytes(const Weights& weights, std::int64_t positions);

} // namespace residuum

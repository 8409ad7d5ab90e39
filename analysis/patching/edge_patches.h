// Exact effects of single edges: path patching of one sender into one receiver, many at a time.
//
// Shapes: B = pairs of a group, E = edges.
#pragma once

#include "analysis/patching/circuit.h"
#include "analysis/patching/exact_patching.h"
#include "analysis/tensor/eigen_adaptor.h"

#include <cstdint>
#include <span>

namespace residuum {

/// m(patched) - m(base) of each edge by itself, [B, E]: its receiver reads base + (sender's output,
/// source - base), everything after the receiver is recomputed. A patched run starts at the
/// receiver, at the first position that differs. `progress` advances by one per million FLOP.
/// Throws Cancelled.
Table patchEdges(const PatchGroup& group, std::span<const EdgePlace> edges, std::int64_t batchRows,
                 Progress& progress);

/// Matrix products of one edge's patch in one pair, in FLOP, without the unembedding.
double edgePatchFlop(const EdgePlace& edge, const ModelConfig& config, std::int64_t length,
                     std::int64_t firstDifferent);

} // namespace residuum

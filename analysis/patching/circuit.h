// Sets of edges: how they are ranked, drawn, and what of them can matter.
#pragma once

#include "analysis/tensor/eigen_adaptor.h"
#include "core/checkpoint/config.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace residuum {

/// An edge by its ends' places in edgeSenders and edgeReceivers.
struct EdgePlace {
    std::int32_t sender = 0, receiver = 0;

    friend bool operator==(const EdgePlace&, const EdgePlace&) = default;
};

/// How many edges a model has.
std::int64_t edgeCount(const ModelConfig& config);
/// All of them, receiver by receiver.
std::vector<EdgePlace> everyEdge(const ModelConfig& config);
/// The `top` with the largest |score|, largest first; of equal ones the earlier first. scores:
/// [sender, receiver].
std::vector<EdgePlace> rankedEdges(const Table& scores, const ModelConfig& config,
                                   std::int64_t top);

/// Edges of which each lies on a path from the embedding to the logits within the set: no other can
/// change what comes out.
struct Circuit {
    std::vector<std::vector<std::int32_t>> senders; ///< of each receiver

    bool empty() const { return senders.empty() || senders.back().empty(); }
};
Circuit circuitOf(std::span<const EdgePlace> edges, const ModelConfig& config);

} // namespace residuum

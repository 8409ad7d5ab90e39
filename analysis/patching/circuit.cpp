#include "analysis/patching/circuit.h"

#include "analysis/patching/edges.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// Places of senders and receivers, layer by layer.
struct Places {
    explicit Places(const ModelConfig& config)
        : heads(config.n_heads), layers(config.n_layers), perLayer(3 * heads + 1),
          receivers(layers * perLayer + 1), senders(1 + layers * (heads + 1)) {}

    /// The sender that writes what the receiver makes; -1: the logits.
    int writer(int receiver) const {
        const int layer = receiver / perLayer, within = receiver % perLayer;
        return layer == layers ? -1 : 1 + layer * (heads + 1) + within / 3;
    }

    int heads, layers, perLayer, receivers, senders;
};

} // namespace

std::int64_t edgeCount(const ModelConfig& config) {
    const Places places(config);
    std::int64_t count = 0;
    for (int receiver = 0; receiver < places.receivers; ++receiver)
        count += sendersBefore(static_cast<std::size_t>(receiver), config);
    return count;
}

std::vector<EdgePlace> everyEdge(const ModelConfig& config) {
    const Places places(config);
    std::vector<EdgePlace> edges;
    for (int receiver = 0; receiver < places.receivers; ++receiver) {
        const auto before = sendersBefore(static_cast<std::size_t>(receiver), config);
        for (std::int32_t sender = 0; sender < before; ++sender)
            edges.push_back({sender, receiver});
    }
    return edges;
}

std::vector<EdgePlace> rankedEdges(const Table& scores, const ModelConfig& config,
                                   std::int64_t top) {
    auto edges = everyEdge(config);
    // A score that is no number says nothing.
    const auto size = [&](const EdgePlace& edge) {
        const double score = std::abs(scores(edge.sender, edge.receiver));
        return std::isnan(score) ? -1.0 : score;
    };
    const auto first = [&](const EdgePlace& a, const EdgePlace& b) {
        const double of = size(a), other = size(b);
        return of != other ? of > other
                           : std::pair(a.receiver, a.sender) < std::pair(b.receiver, b.sender);
    };
    const auto count = std::min<std::ptrdiff_t>(top, std::ssize(edges));
    std::partial_sort(edges.begin(), edges.begin() + count, edges.end(), first);
    edges.resize(static_cast<std::size_t>(count));
    return edges;
}

Circuit circuitOf(std::span<const EdgePlace> edges, const ModelConfig& config) {
    const Places places(config);
    Circuit circuit;
    circuit.senders.resize(static_cast<std::size_t>(places.receivers));
    for (const auto& edge : edges)
        circuit.senders[static_cast<std::size_t>(edge.receiver)].push_back(edge.sender);
    // What the embedding reaches; receivers come in the order of the pass.
    std::vector<char> reached(static_cast<std::size_t>(places.senders), 0), needed = reached;
    reached[0] = 1;
    for (int receiver = 0; receiver < places.receivers; ++receiver) {
        auto& senders = circuit.senders[static_cast<std::size_t>(receiver)];
        std::erase_if(senders,
                      [&](auto sender) { return !reached[static_cast<std::size_t>(sender)]; });
        if (const int writer = places.writer(receiver); !senders.empty() && writer >= 0)
            reached[static_cast<std::size_t>(writer)] = 1;
    }
    // And of that, what reaches the logits.
    for (int receiver = places.receivers - 1; receiver >= 0; --receiver) {
        auto& senders = circuit.senders[static_cast<std::size_t>(receiver)];
        const int writer = places.writer(receiver);
        if (writer >= 0 && !needed[static_cast<std::size_t>(writer)])
            senders.clear();
        std::sort(senders.begin(), senders.end());
        for (const auto sender : senders)
            needed[static_cast<std::size_t>(sender)] = 1;
    }
    return circuit;
}

} // namespace residuum

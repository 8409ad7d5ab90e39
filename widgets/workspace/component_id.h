// Components as the ids that plots, pins and hover carry: the same component has the same id in
// models of any size.
#pragma once

#include "analysis/attribution/component.h"
#include "analysis/neurons/neuron_request.h"

#include <optional>
#include <string>
#include <utility>

namespace residuum {

/// More heads than any model has, so that ids of layers never meet.
inline constexpr int idHeadsPerLayer = 4096;

inline int componentId(const Component& component) {
    return componentRow(component, idHeadsPerLayer);
}

/// The inverse of componentId.
inline Component componentOf(int id) {
    constexpr int perLayer = idHeadsPerLayer + 3;
    if (id < 2)
        return {id == 0 ? ComponentKind::Embed : ComponentKind::PosEmbed, LayerIndex(),
                HeadIndex()};
    const LayerIndex layer((id - 2) / perLayer);
    const int within = (id - 2) % perLayer;
    if (within < idHeadsPerLayer)
        return {ComponentKind::Head, layer, HeadIndex(within)};
    constexpr ComponentKind rest[] = {ComponentKind::AttnBias, ComponentKind::Mlp,
                                      ComponentKind::MlpBias};
    return {rest[within - idHeadsPerLayer], layer, HeadIndex()};
}

inline constexpr int firstNeuronId = 1 << 29;     ///< above every component's
inline constexpr int idNeuronsPerLayer = 1 << 15; ///< more than any model's d_mlp
inline constexpr int idLayers = 1 << 12;

inline int neuronId(LayerIndex layer, NeuronIndex neuron) {
    return firstNeuronId + layer.value * idNeuronsPerLayer + neuron.value;
}

/// The inverse of neuronId; empty for any other id.
inline std::optional<std::pair<LayerIndex, NeuronIndex>> neuronOf(int id) {
    if (id < firstNeuronId)
        return std::nullopt;
    return std::pair(LayerIndex((id - firstNeuronId) / idNeuronsPerLayer),
                     NeuronIndex((id - firstNeuronId) % idNeuronsPerLayer));
}

/// What a pin of this id is called, e.g. "L9H9" or "L11N584".
inline std::string nameOfId(int id) {
    if (const auto neuron = neuronOf(id))
        return neuronName(neuron->first, neuron->second);
    return label(componentOf(id));
}

/// The inverse of nameOfId; empty for what is no name.
inline std::optional<int> idOfName(const std::string& name) {
    if (const auto named = parseNeuronName(name);
        named && named->first.value < idLayers && named->second.value < idNeuronsPerLayer)
        return neuronId(named->first, named->second);
    if (const auto component = parseComponent(name))
        return componentId(*component);
    return std::nullopt;
}

} // namespace residuum

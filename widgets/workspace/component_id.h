// Components as the ids that plots, pins and hover carry: the same component has the same id in
// models of any size.
#pragma once

#include "analysis/attribution/component.h"

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

} // namespace residuum

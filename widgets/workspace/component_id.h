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

} // namespace residuum

// Columns of a heatmap that show the same, as one.
#pragma once

#include "widgets/plots/heatmap_drawing.h"

namespace residuum {

/// The first `count` columns, a cell wide each, become one, in which each row has the value that is
/// farthest from 0 (unknownValue where none is known) and what the first of its cells shows, so
/// that it is found, hovered and subtracted as that. Fewer than two stay as they are.
void foldColumns(HeatmapData& data, int count);

} // namespace residuum

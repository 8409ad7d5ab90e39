// Things in layers from bottom to top, and what leads from one to another, as data.
#pragma once

#include "analysis/question/thing.h"
#include "widgets/plots/cell_grid.h"

#include <QString>

#include <cstddef>
#include <optional>
#include <vector>

namespace residuum {

/// Graphs of several models have the same nodes in the same order, so that each lies at one place.
struct GraphNode {
    std::optional<Thing> thing; ///< as in GridCell
    QString label;
    int level = 0;       ///< the lowest is at the bottom
    bool beside = false; ///< half a level higher, in a column at the right
    bool shown = true;   ///< false: only its place is kept
};

struct GraphEdge {
    Thing thing;
    QString label;
    std::size_t from = 0, to = 0; ///< places of nodes
    double at = 0.5;              ///< where it ends along the lower side of `to`, from 0 to 1
    double value = 0.0;           ///< thickness by its magnitude, colour by its sign
    double exact = unknownValue;  ///< what is said beside it; NaN: it is not known
};

struct GraphData {
    std::vector<GraphNode> nodes; ///< of one level from left to right
    std::vector<GraphEdge> edges; ///< largest first
    std::vector<AxisTick> levels; ///< names of levels
    QString unit;
    double limit = 1.0; ///< the value of the thickest line, shared by all graphs of a view

    bool empty() const { return edges.empty(); }
};

} // namespace residuum

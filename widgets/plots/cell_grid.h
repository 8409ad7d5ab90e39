// A heatmap as data: cells on a grid with gaps, one value each. Plain data.
#pragma once

#include "analysis/question/thing.h"

#include <QString>

#include <limits>
#include <optional>
#include <vector>

namespace residuum {

/// A thing is hovered and pinned in every view at once.
struct GridCell {
    std::optional<Thing> thing; ///< what the cell shows; empty: nothing to hover, pin or subtract
    int row = 0;                ///< 0 at the top
    double column = 0.0;        ///< left edge, in cell widths; gaps between groups are left empty
    double width = 1.0;
    QString label;  ///< e.g. "L9H9", for accessibility and tooltips
    QString text{}; ///< stands in the cell instead of its value where there is room; "": the value
};

struct AxisTick {
    double position = 0.0; ///< centre of the cell, in the axis's coordinates
    QString label;
    QString name{}; ///< of what stands there, e.g. the token "·to"; drawn where there is room
};

struct CellGrid {
    std::vector<GridCell> cells;
    int rows = 0;
    int halfRows = 0; ///< so many at the top are half as high as the others
    double columns = 0.0;
    std::vector<AxisTick> columnTicks;
    std::vector<AxisTick> rowTicks;
    QString columnTitle; ///< e.g. "head"
    QString rowTitle;    ///< e.g. "layer"
    bool square = false; ///< drawn as wide as high
    /// What each model shows a choice of its own of, e.g. "top neurons"; "": all there is.
    QString choice;
};

/// A cell whose value is not known (yet): drawn hatched, never as a zero.
inline constexpr double unknownValue = std::numeric_limits<double>::quiet_NaN();

} // namespace residuum

// What two heatmaps show differently, thing by thing.
#pragma once

#include "widgets/plots/heatmap_drawing.h"

#include <QString>

#include <cstddef>
#include <optional>
#include <vector>

namespace residuum {

/// First minus second, on the first one's grid. A cell is matched with the one that shows the
/// same thing, or where they show none has the same label, wherever that lies in the other grid;
/// where there is none its value is unknownValue.
struct HeatmapDifference {
    CellGrid grid;
    std::vector<double> values; ///< one per cell of the grid
    /// Per cell of the grid where the same lies in the second; empty where it has none.
    std::vector<std::optional<std::size_t>> places{};
    int onlyFirst = 0;  ///< cells that the second has not: shown as missing
    int onlySecond = 0; ///< cells that the first has not: left out

    /// Whether no cell is in both.
    bool nothingShared() const { return onlyFirst == static_cast<int>(grid.cells.size()); }
    /// What is missing and why, for people; "" where both show the same things.
    QString note(const QString& first, const QString& second) const;
};

/// `firstValues`, `secondValues`: one per cell of their grids.
HeatmapDifference differenceOf(const CellGrid& first, const std::vector<double>& firstValues,
                               const CellGrid& second, const std::vector<double>& secondValues);

} // namespace residuum

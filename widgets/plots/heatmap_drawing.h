// How a heatmap is laid out and drawn, on screen and on paper alike.
#pragma once

#include "analysis/statistics/cell_statistics.h"
#include "widgets/plots/cell_grid.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/plot_frame.h"

#include <QString>

#include <memory>
#include <vector>

namespace residuum {

/// What a heatmap's numbers are means of, one entry per cell of its grid.
struct CellMeans {
    SampledCells cells;
    CellStatistics statistics;
    QString legend; ///< what a hatched corner says
};

/// A heatmap as data.
struct HeatmapData {
    CellGrid grid;
    std::vector<double> values; ///< one per cell of the grid, in its order
    ColourScale scale;
    std::shared_ptr<const CellMeans> means{}; ///< null: single numbers

    /// unknownValue where there is none.
    double valueOf(std::size_t cell) const {
        return cell < values.size() ? values[cell] : unknownValue;
    }
    /// Whether it is a mean that may as well be 0; not one that is exactly 0 in every sample.
    bool holdsZero(std::size_t cell) const {
        if (means == nullptr || !means->statistics.holdsZero(cell))
            return false;
        return means->statistics.low[cell] < 0.0 || means->statistics.high[cell] > 0.0;
    }
};

/// `part`: what is shown of the grid, in columns and rows; null: all of it.
PlotFrame heatmapFrame(const CellGrid& grid, const QSizeF& size, const PlotTheme& theme,
                       const QRectF& part = {});
QRectF cellRect(const PlotFrame& frame, const GridCell& cell);

/// Cells as rectangles, so that vector files hold no bitmap; on paper more than
/// `mostVectorCells` become one lossless image. Values are printed in cells that have room.
void drawCells(QPainter& painter, const HeatmapData& data, const PlotFrame& frame,
               const PlotTheme& theme);
inline constexpr std::size_t mostVectorCells = 20'000;

/// "beyond the scale: L0H0 9.92 and 2 more", the farthest first; "" where no cell is.
QString beyondText(const HeatmapData& data);

/// Cuts a corner off a cell, filled with `fill`, whose value is beyond its scale.
void markClipped(QPainter& painter, const QRectF& cell, const QColor& fill, const PlotTheme& theme);

/// Hatches a corner of a cell, filled with `fill`, whose interval holds 0.
void markUncertain(QPainter& painter, const QRectF& cell, const QColor& fill,
                   const PlotTheme& theme);

/// An outline around a cell. `width` and `outward` (how far it lies outside) in screen pixels.
void outlineCell(QPainter& painter, const QRectF& cell, const PlotTheme& theme,
                 const QColor& colour, double width, double outward);

} // namespace residuum

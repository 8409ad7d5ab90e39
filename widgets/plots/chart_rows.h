// Rows of marks, a thing each: a filled and a hollow mark of every series with a thin line between
// them (a dumbbell plot). Internal to plots/.
#pragma once

#include "widgets/plots/chart_data.h"
#include "widgets/plots/plot_frame.h"

namespace residuum {

/// Numbers along x, a row per category, the first on top.
PlotFrame rowsFrame(const ChartData& data, const AxisRange& values, const QSizeF& size,
                    const PlotTheme& theme);
/// Where the two marks of a series are in a row; NaN for what is no number.
struct RowMarks {
    QPointF filled, hollow;
};
RowMarks rowMarks(const ChartData& data, const PlotFrame& frame, std::size_t series,
                  std::size_t row);
/// Lines of rows, zero, marks and, on screen, the legend in a row of its own above them.
void drawRows(QPainter& painter, const ChartData& data, const PlotFrame& frame,
              const PlotTheme& theme);
/// The height in which every row is as high as its label asks for, `width` being given.
double rowsHeight(const ChartData& data, double width, const PlotTheme& theme);

} // namespace residuum

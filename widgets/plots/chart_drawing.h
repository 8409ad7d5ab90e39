// How a chart is laid out and drawn, on screen and on paper alike.
#pragma once

#include "widgets/plots/chart_data.h"
#include "widgets/plots/pin.h"
#include "widgets/plots/plot_frame.h"

namespace residuum {

/// `values`: as valueRange has it.
PlotFrame chartFrame(const ChartData& data, const AxisRange& values, const QSizeF& size,
                     const PlotTheme& theme);
/// Pixels that a thing (ChartData::things) takes: a column, or a row.
QRectF categoryRect(const ChartData& data, const PlotFrame& frame, std::size_t thing);
/// Grid, boxes, rows or curves, legend, axes. `opacity`: of the marks.
void drawChart(QPainter& painter, const ChartData& data, const PlotFrame& frame,
               const PlotTheme& theme, double opacity = 1.0);
/// A band over a thing, in `colour`.
void drawCategoryMark(QPainter& painter, const ChartData& data, const PlotFrame& frame,
                      std::size_t thing, const QColor& colour, const PlotTheme& theme);
/// The same with a pin's letter.
void drawCategoryPin(QPainter& painter, const ChartData& data, const PlotFrame& frame,
                     std::size_t thing, const Pin& pin, const PlotTheme& theme);

} // namespace residuum

// How a scatter is laid out and drawn, on screen and on paper alike.
#pragma once

#include "widgets/plots/plot_frame.h"
#include "widgets/plots/scatter_data.h"

#include <optional>

namespace residuum {

/// The colour of a group's marks: calmer than pins, which must stand out from them.
QColor groupColour(int group, bool dark);
/// Axes as the data has them, else both from -limit to limit.
PlotFrame scatterFrame(const ScatterData& data, double limit, const QSizeF& size,
                       const PlotTheme& theme);
/// Where a point is drawn: at the edge where it lies beyond the axes. Empty: not a number.
std::optional<QPointF> placeOf(const ScatterData& data, const ScatterPoint& point,
                               const PlotFrame& frame);
double markerRadius(const ScatterData& data, const PlotFrame& frame, const PlotTheme& theme);

/// Grid, diagonal, marks, axes and, on screen, the legend. `opacity`: of the marks.
void drawScatter(QPainter& painter, const ScatterData& data, const PlotFrame& frame,
                 const PlotTheme& theme, double opacity = 1.0);
/// The mark of a group's points.
void drawMarker(QPainter& painter, const QPointF& at, int group, double radius,
                const PlotTheme& theme);
/// A point's mark with a ring around it. `thickness` and `gap` in screen pixels.
void drawRing(QPainter& painter, const QPointF& at, int group, double radius,
              const PlotTheme& theme, const QColor& colour, double thickness, double gap);
/// What such a ring encloses.
QRectF ringRect(const QPointF& at, double radius, const PlotTheme& theme, double gap);

} // namespace residuum

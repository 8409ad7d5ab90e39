// Where a plot's area, tick labels and titles go, and how they are drawn.
#pragma once

#include "widgets/plots/cell_grid.h"
#include "widgets/plots/plot_theme.h"

#include <QPainter>
#include <QRectF>
#include <QSizeF>

#include <vector>

namespace residuum {

struct PlotAxis {
    QString title;
    std::vector<AxisTick> ticks;
    double first = 0.0;  ///< coordinate of the left or top edge
    double last = 1.0;   ///< coordinate of the right or bottom edge
    double halved = 0.0; ///< coordinates from 0 to this one are half as far apart as the others

    /// Where a coordinate lies, from 0 at the first edge to 1 at the last.
    double shareOf(double coordinate) const;
    double coordinateAt(double share) const;
    bool shows(double coordinate) const;
};

/// A label that found its place; none overlaps another or leaves the widget.
struct FrameLabel {
    QRectF rect;
    QString text;
    double at = 0.0;       ///< pixel of its tick along the axis
    bool isTurned = false; ///< reads upwards, and ends at the axis
};

/// How a frame looks besides its labels.
struct FrameStyle {
    bool spines = true;      ///< lines at the left and at the bottom, with tick marks
    double mostAspect = 0.0; ///< width : height (or the inverse) at most; 0: as the widget is
    /// Every tick of the x axis names something: where labels do not fit beside each other, every
    /// other one goes one line down, or all are turned, before any is left out.
    bool everyXLabel = false;
    double head = 0.0; ///< height of the room above the plot, e.g. for a legend
    /// On a screen a low plot leaves out its x axis's title: what stands above says it.
    bool titledAbove = false;
};

struct PlotFrame {
    QRectF area;
    PlotAxis x;
    PlotAxis y;
    FrameStyle style;
    std::vector<FrameLabel> xLabels;
    std::vector<FrameLabel> yLabels;
    QRectF head; ///< as wide as the widget
    /// In up to three lines where one is too short; where those are, its unit, or nothing.
    QString xTitle;
    QString yTitle;
    QRectF xTitleRect;
    QRectF yTitleRect;

    double toX(double coordinate) const;
    double toY(double coordinate) const;
    double fromX(double pixel) const;
    double fromY(double pixel) const;
};

/// How long the turned names of an x axis are with their labels, in pixels; 0: it has none.
double turnedLength(const std::vector<AxisTick>& ticks, const PlotTheme& theme);
/// Names at ticks stand beside the labels: at the y axis, and turned under an x axis whose ticks
/// are far enough apart, where they leave the plot most of its height.
PlotFrame layOutFrame(const QSizeF& size, const PlotTheme& theme, const PlotAxis& x,
                      const PlotAxis& y, const FrameStyle& style);
void drawFrame(QPainter& painter, const PlotFrame& frame, const PlotTheme& theme);
/// `value` moved to the next device pixel, so that edges are sharp; unchanged on paper.
double snapped(const QPainter& painter, const PlotTheme& theme, double value);
QRectF snapped(const QPainter& painter, const PlotTheme& theme, const QRectF& rect);
/// `text` centred and word-wrapped in `rect`: what an empty view says.
void drawSentence(QPainter& painter, const QRectF& rect, const PlotTheme& theme,
                  const QString& text);

/// Which of the labels to show: names (labels that are not numbers) first, then every k-th number
/// for the smallest k with which the numbers keep `gap` from each other. `centres` and `extents`
/// are along the axis, in pixels, in rising order.
std::vector<bool> uncrowded(const std::vector<AxisTick>& ticks, const std::vector<double>& centres,
                            const std::vector<double>& extents, double gap);

/// Ticks of a logarithmic axis, whose coordinates are log10 of what the labels say: powers of ten,
/// and what lies between them where these are few.
std::vector<AxisTick> logTicks(double lower, double upper);
/// Round numbers from `lower` to `upper`, at most about `most` of them, as short as they can be.
std::vector<AxisTick> roundTicks(double lower, double upper, int most);

} // namespace residuum

#include "widgets/plots/chart_rows.h"

#include "widgets/plots/scatter_drawing.h"
#include "widgets/text/eliding.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// Of the legend, above the first row.
constexpr double legendRows = 1.3;

double rowHeight(const PlotFrame& frame) {
    return std::abs(frame.toY(1.0) - frame.toY(0.0));
}

double markRadius(const ChartData& data, const PlotFrame& frame, const PlotTheme& theme) {
    const auto count = static_cast<double>(std::max<std::size_t>(1, data.series.size()));
    return std::clamp(0.5 * rowHeight(frame) / (0.6 + 0.4 * count), 1.6 * theme.unit,
                      3.2 * theme.unit);
}

/// "● DLA (LN frozen)   ○ direct effect (LN recomputed) [logits]".
QString numbersTitle(const ChartData& data) {
    return data.hollow.isEmpty()
               ? QStringLiteral("%1 [%2]").arg(data.filled, data.yTitle)
               : QStringLiteral("● %1   ○ %2 [%3]").arg(data.filled, data.hollow, data.yTitle);
}

void drawGuides(QPainter& painter, const ChartData& data, const PlotFrame& frame,
                const PlotTheme& theme) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme.grid, theme.unit));
    for (std::size_t row = 0; row < data.categories.size(); ++row) {
        const double y = snapped(painter, theme, frame.toY(static_cast<double>(row) + 0.5));
        painter.drawLine(QPointF(frame.area.left(), y), QPointF(frame.area.right(), y));
    }
    if (frame.x.first > 0.0 || frame.x.last < 0.0)
        return;
    painter.setPen(QPen(theme.quiet, theme.unit));
    const double zero = snapped(painter, theme, frame.toX(0.0));
    painter.drawLine(QPointF(zero, frame.toY(0.0)), QPointF(zero, frame.area.bottom()));
}

void drawHollow(QPainter& painter, const QPointF& at, int group, double radius,
                const PlotTheme& theme) {
    painter.setPen(QPen(groupColour(group, theme.dark), 1.2 * theme.unit));
    painter.setBrush(theme.area);
    painter.drawEllipse(at, radius, radius);
}

/// Right of the axis's labels, in the room above the rows; names share it where it is narrow.
void drawLegend(QPainter& painter, const ChartData& data, const PlotFrame& frame,
                const PlotTheme& theme) {
    const auto metrics = theme.tickMetrics();
    const double line = metrics.height();
    const auto count = static_cast<double>(data.series.size());
    double together = 0.0;
    for (const auto& series : data.series)
        together += metrics.horizontalAdvance(series.name) + 1.8 * line;
    const bool isNarrow = together > frame.area.width();
    double x = frame.area.left() + 0.3 * line;
    const double y = frame.area.top() + 0.1 * line;
    painter.setFont(theme.tickFont);
    for (const auto& series : data.series) {
        const auto name =
            isNarrow ? elided(metrics, series.name, frame.area.width() / count - 1.8 * line)
                     : series.name;
        drawMarker(painter, QPointF(x + 0.4 * line, y + 0.5 * line), series.group, 0.25 * line,
                   theme);
        painter.setPen(theme.quiet);
        const double width = metrics.horizontalAdvance(name);
        painter.drawText(QRectF(x + 0.9 * line, y, width, line),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, name);
        x += width + 1.8 * line;
    }
}

} // namespace

PlotFrame rowsFrame(const ChartData& data, const AxisRange& values, const QSizeF& size,
                    const PlotTheme& theme) {
    const PlotAxis x{numbersTitle(data), roundTicks(values.first, values.last, 6), values.first,
                     values.last};
    PlotAxis y{data.xTitle,
               {},
               theme.crisp ? -legendRows : 0.0,
               static_cast<double>(std::max<std::size_t>(1, data.categories.size()))};
    for (std::size_t row = 0; row < data.categories.size(); ++row)
        y.ticks.push_back({static_cast<double>(row) + 0.5, data.categories[row].label});
    const auto frame = layOutFrame(size, theme, x, y, {});
    const double most = 3.0 * theme.tickMetrics().height();
    if (rowHeight(frame) <= most)
        return frame;
    y.last = y.first + frame.area.height() / most; // a few rows lie at the top
    return layOutFrame(size, theme, x, y, {});
}

RowMarks rowMarks(const ChartData& data, const PlotFrame& frame, std::size_t series,
                  std::size_t row) {
    const auto& marks = data.series[series].marks[row];
    // Models lie a little under each other, so that none hides another.
    const double among =
        static_cast<double>(series) - (static_cast<double>(data.series.size()) - 1.0) / 2.0;
    const double step = 0.7 / static_cast<double>(data.series.size());
    const double y = frame.toY(static_cast<double>(row) + 0.5 + among * step);
    const auto x = [&](double value) {
        return std::isnan(value)
                   ? value
                   : std::clamp(frame.toX(value), frame.area.left(), frame.area.right());
    };
    return {{x(marks.filled), y}, {x(marks.hollow), y}};
}

namespace {

/// A bracket: what lies between its ends is not told apart from the line between two marks.
void drawInterval(QPainter& painter, const PlotFrame& frame, double y,
                  const std::optional<AxisRange>& interval, const QColor& colour,
                  const PlotTheme& theme) {
    if (!interval)
        return;
    const auto x = [&](double value) {
        return std::clamp(frame.toX(value), frame.area.left(), frame.area.right());
    };
    const double left = x(interval->first), right = x(interval->last);
    const double half = 0.25 * theme.tickMetrics().height();
    painter.setPen(QPen(colour, theme.unit));
    painter.drawLine(QPointF(left, y), QPointF(right, y));
    for (const double end : {left, right})
        painter.drawLine(QPointF(end, y - half), QPointF(end, y + half));
}

} // namespace

void drawRows(QPainter& painter, const ChartData& data, const PlotFrame& frame,
              const PlotTheme& theme) {
    drawGuides(painter, data, frame, theme);
    painter.setRenderHint(QPainter::Antialiasing, true);
    const double radius = markRadius(data, frame, theme);
    for (std::size_t s = 0; s < data.series.size(); ++s) {
        const auto& series = data.series[s];
        for (std::size_t row = 0; row < series.marks.size(); ++row) {
            const auto at = rowMarks(data, frame, s, row);
            const bool filled = !std::isnan(at.filled.x()), hollow = !std::isnan(at.hollow.x());
            drawInterval(painter, frame, at.filled.y(), series.marks[row].filledInterval,
                         groupColour(series.group, theme.dark), theme);
            drawInterval(painter, frame, at.hollow.y(), series.marks[row].hollowInterval,
                         groupColour(series.group, theme.dark), theme);
            if (filled && hollow) {
                painter.setPen(QPen(groupColour(series.group, theme.dark), theme.unit));
                painter.drawLine(at.filled, at.hollow);
            }
            if (hollow)
                drawHollow(painter, at.hollow, series.group, radius, theme);
            if (filled)
                drawMarker(painter, at.filled, series.group, radius, theme);
        }
    }
    if (theme.crisp) // on paper it stands under the plots
        drawLegend(painter, data, frame, theme);
}

double rowsHeight(const ChartData& data, double width, const PlotTheme& theme) {
    const double line = theme.tickMetrics().height();
    const double rows =
        static_cast<double>(data.categories.size()) + (theme.crisp ? legendRows : 0);
    // Titles take more lines where it is narrow: what a frame leaves of any height says how many.
    const double any = (rows + 50.0) * line;
    const auto frame = rowsFrame(data, {0.0, 1.0}, {width, any}, theme);
    return any - frame.area.height() + rows * 1.05 * line;
}

} // namespace residuum

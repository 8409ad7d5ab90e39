#include "widgets/plots/chart_drawing.h"

#include "widgets/plots/chart_rows.h"
#include "widgets/plots/legend_place.h"
#include "widgets/plots/scatter_drawing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace residuum {

namespace {

constexpr double mostDecades = 6.0;

/// "1", "0.01", "1e−4".
QString powerOfTen(int exponent) {
    if (exponent > -3 && exponent < 4)
        return QString::number(std::pow(10.0, exponent));
    return QStringLiteral("1e%1%2")
        .arg(exponent < 0 ? QString(QChar(0x2212)) : QString())
        .arg(std::abs(exponent));
}

double widestX(const ChartData& data) {
    double most = 1.0;
    for (const auto& series : data.series)
        for (const auto& point : series.curve)
            most = std::max(most, point.x());
    return most;
}

PlotAxis xAxis(const ChartData& data) {
    if (!data.stops.empty()) {
        const auto lines = data.filled.isEmpty()
                               ? QString()
                               : QStringLiteral("   — %1   - - %2").arg(data.filled, data.hollow);
        PlotAxis axis{data.xTitle + lines, {}, -0.5, static_cast<double>(data.stops.size()) - 0.5};
        for (std::size_t i = 0; i < data.stops.size(); ++i)
            axis.ticks.push_back({static_cast<double>(i), data.stops[i].label, data.stops[i].name});
        return axis;
    }
    if (data.categories.empty()) {
        const double most = widestX(data);
        return {data.xTitle, roundTicks(0.0, most, 5), 0.0, 1.03 * most};
    }
    // Room for the last label, which may be a word.
    const auto more = data.xMore.isEmpty() ? QString() : QStringLiteral(" · ") + data.xMore;
    PlotAxis axis{data.xTitle + more, {}, 0.0, static_cast<double>(data.categories.size()) + 0.35};
    for (std::size_t i = 0; i < data.categories.size(); ++i)
        axis.ticks.push_back({static_cast<double>(i) + 0.5, data.categories[i].label});
    return axis;
}

void drawGrid(QPainter& painter, const PlotFrame& frame, const PlotTheme& theme) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme.grid, theme.unit));
    for (const auto& tick : frame.y.ticks) {
        const double y = snapped(painter, theme, frame.toY(tick.position));
        painter.drawLine(QPointF(frame.area.left(), y), QPointF(frame.area.right(), y));
    }
}

void drawBox(QPainter& painter, const BoxStats& box, double centre, double width,
             const PlotFrame& frame, const QColor& colour, bool hollow, bool logarithmic,
             const PlotTheme& theme) {
    const auto y = [&](double value) {
        if (logarithmic && !(value > 0.0))
            return frame.area.bottom();
        return std::clamp(frame.toY(logarithmic ? std::log10(value) : value), frame.area.top(),
                          frame.area.bottom());
    };
    painter.setPen(QPen(colour, 1.0 * theme.unit));
    painter.drawLine(QPointF(centre, y(box.low)), QPointF(centre, y(box.quarter)));
    painter.drawLine(QPointF(centre, y(box.threeQuarters)), QPointF(centre, y(box.high)));
    QColor fill = hollow ? theme.area : colour;
    if (!hollow)
        fill.setAlphaF(0.45F);
    painter.setBrush(fill);
    painter.drawRect(QRectF(QPointF(centre - width / 2.0, y(box.threeQuarters)),
                            QPointF(centre + width / 2.0, y(box.quarter))));
    painter.setPen(QPen(colour, 2.0 * theme.unit));
    painter.drawLine(QPointF(centre - width / 2.0, y(box.median)),
                     QPointF(centre + width / 2.0, y(box.median)));
    painter.setPen(QPen(theme.ink, 0.8 * theme.unit));
    painter.setBrush(theme.area);
    const double radius = std::max(1.6 * theme.unit, std::min(2.6 * theme.unit, width / 4.0));
    painter.drawEllipse(QPointF(centre, y(box.mean)), radius, radius);
}

void drawBoxes(QPainter& painter, const ChartData& data, const PlotFrame& frame,
               const PlotTheme& theme) {
    const auto count = static_cast<double>(data.series.size());
    for (std::size_t s = 0; s < data.series.size(); ++s) {
        const auto& series = data.series[s];
        const auto colour = groupColour(series.group, theme.dark);
        for (std::size_t i = 0; i < std::min(series.boxes.size(), data.categories.size()); ++i) {
            if (!series.boxes[i])
                continue;
            const auto room = categoryRect(data, frame, i);
            const double step = 0.8 * room.width() / count;
            const double centre =
                room.left() + 0.1 * room.width() + step * (static_cast<double>(s) + 0.5);
            drawBox(painter, *series.boxes[i], centre, 0.75 * step, frame, colour, series.hollow,
                    data.logarithmic, theme);
        }
    }
}

void drawCurves(QPainter& painter, const ChartData& data, const PlotFrame& frame,
                const PlotTheme& theme) {
    if (data.markedStop) {
        painter.setPen(QPen(theme.quiet, theme.unit, Qt::DotLine));
        const double x = frame.toX(static_cast<double>(*data.markedStop));
        painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
    }
    for (const auto& series : data.series) {
        QPolygonF line;
        for (const auto& point : series.curve)
            line << QPointF(frame.toX(point.x()), frame.toY(point.y()));
        QPen pen(groupColour(series.group, theme.dark), 1.8 * theme.unit);
        if (series.hollow)
            pen.setStyle(Qt::DashLine);
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(line);
        if (!series.hollow)
            for (const auto& point : line)
                drawMarker(painter, point, series.group, 2.2 * theme.unit, theme);
    }
}

/// A series' mark in `at`, a square of a line's height.
void drawKey(QPainter& painter, const ChartSeries& series, bool isCurve, const QRectF& at,
             const PlotTheme& theme) {
    auto colour = groupColour(series.group, theme.dark);
    QPen pen(colour, (isCurve ? 2.0 : 1.0) * theme.unit);
    if (isCurve) {
        if (series.hollow) // short enough to be seen as dashes
            pen.setDashPattern({1.6, 1.4});
        painter.setPen(pen);
        painter.drawLine(QPointF(at.left(), at.center().y()), QPointF(at.right(), at.center().y()));
        return;
    }
    painter.setPen(pen);
    colour.setAlphaF(series.hollow ? 0.0F : 0.45F);
    painter.setBrush(colour);
    painter.drawRect(QRectF(at.center() - QPointF(0.3, 0.3) * at.height(),
                            QSizeF(0.6 * at.height(), 0.6 * at.height())));
}

/// Along the curves, close enough that nothing fits between them.
std::vector<QPointF> curvePoints(const ChartData& data, const PlotFrame& frame) {
    constexpr int steps = 16;
    std::vector<QPointF> points;
    for (const auto& series : data.series)
        for (std::size_t i = 0; i < series.curve.size(); ++i) {
            const auto& to = series.curve[i];
            const auto& from = series.curve[i == 0 ? 0 : i - 1];
            for (int step = 1; step <= steps; ++step) {
                const auto at = from + (to - from) * step / steps;
                points.emplace_back(frame.toX(at.x()), frame.toY(at.y()));
            }
        }
    return points;
}

/// Boxes have a line above them for it, curves rise to the right and leave room at the left.
void drawLegend(QPainter& painter, const ChartData& data, const PlotFrame& frame,
                const PlotTheme& theme) {
    const auto metrics = theme.tickMetrics();
    const double line = metrics.height();
    const bool curves = data.categories.empty();
    std::vector<const ChartSeries*> named; // one of those that share a name
    for (const auto& series : data.series)
        if (std::none_of(named.begin(), named.end(),
                         [&](const auto* other) { return other->name == series.name; }))
            named.push_back(&series);
    std::vector<double> widths;
    for (const auto* series : named)
        widths.push_back(metrics.horizontalAdvance(series->name) + 2.0 * line);
    const double widest = *std::max_element(widths.begin(), widths.end());
    const double together = std::accumulate(widths.begin(), widths.end(), 0.0);
    const QSizeF size =
        curves ? QSizeF(widest, line * static_cast<double>(widths.size())) : QSizeF(together, line);
    if (size.width() > (curves ? 0.7 : 1.0) * frame.area.width() ||
        size.height() > 0.5 * frame.area.height())
        return;
    using enum Corner;
    const auto box =
        curves
            ? legendPlace(frame.area, size, 0.3 * line, curvePoints(data, frame), 0.3 * line,
                          {TopLeft, BottomRight, TopRight, BottomLeft})
            : QRectF(QPointF(frame.area.right() - together, frame.area.top() + 0.2 * line), size);
    auto under = theme.area;
    under.setAlphaF(0.85F);
    painter.fillRect(box, under);
    painter.setFont(theme.tickFont);
    QPointF at = box.topLeft();
    for (std::size_t i = 0; i < widths.size(); ++i) {
        drawKey(painter, *named[i], curves, QRectF(at, QSizeF(line, line)), theme);
        painter.setPen(theme.quiet);
        painter.drawText(QRectF(at + QPointF(1.3 * line, 0.0), QSizeF(widths[i], line)),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, named[i]->name);
        at += curves ? QPointF(0.0, line) : QPointF(widths[i], 0.0);
    }
}

} // namespace

std::optional<AxisRange> valueRange(const ChartData& data) {
    double least = INFINITY, most = -INFINITY;
    const auto include = [&](double value) {
        if (!std::isfinite(value) || (data.logarithmic && value <= 0.0))
            return;
        least = std::min(least, value);
        most = std::max(most, value);
    };
    for (const auto& series : data.series) {
        for (const auto& box : series.boxes)
            if (box)
                for (const double value : {box->quarter, box->high, box->mean})
                    include(value);
        for (const auto& point : series.curve)
            include(point.y());
        for (const auto& marks : series.marks)
            for (const double value : {marks.filled, marks.hollow})
                include(value);
    }
    if (!(most >= least))
        return std::nullopt;
    if (data.logarithmic) {
        const double top = std::ceil(std::log10(most));
        return AxisRange{std::clamp(std::floor(std::log10(least)), top - mostDecades, top - 1.0),
                         top};
    }
    const double low = std::min(0.0, least), high = std::max(low, most);
    const double beside = high > low ? 0.06 * (high - low) : 1.0;
    return AxisRange{low < 0.0 ? low - beside : 0.0, high + beside};
}

PlotFrame chartFrame(const ChartData& data, const AxisRange& values, const QSizeF& size,
                     const PlotTheme& theme) {
    if (data.hasRows())
        return rowsFrame(data, values, size, theme);
    PlotAxis y{data.yTitle, roundTicks(values.first, values.last, 5), values.last, values.first};
    if (theme.crisp && !data.categories.empty()) // a line for the legend, above the boxes
        y.first += (values.last - values.first) * 1.4 * theme.tickMetrics().height() /
                   std::max(1.0, 0.75 * size.height());
    if (data.logarithmic) {
        y.ticks.clear();
        for (double decade = std::ceil(values.first); decade <= values.last; decade += 1.0)
            y.ticks.push_back({decade, powerOfTen(static_cast<int>(decade))});
    }
    return layOutFrame(size, theme, xAxis(data), y, {.everyXLabel = !data.categories.empty()});
}

QRectF categoryRect(const ChartData& data, const PlotFrame& frame, std::size_t thing) {
    const auto at = static_cast<double>(thing) - (data.categories.empty() ? 0.5 : 0.0);
    if (data.hasRows())
        return {QPointF(frame.area.left(), frame.toY(at)),
                QPointF(frame.area.right(), frame.toY(at + 1.0))};
    const double left = frame.toX(at), right = frame.toX(at + 1.0);
    return {left, frame.area.top(), right - left, frame.area.height()};
}

void drawChart(QPainter& painter, const ChartData& data, const PlotFrame& frame,
               const PlotTheme& theme, double opacity) {
    painter.save();
    painter.fillRect(frame.area, theme.area);
    if (!data.hasRows())
        drawGrid(painter, frame, theme);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setOpacity(opacity);
    if (data.hasRows())
        drawRows(painter, data, frame, theme);
    else if (data.categories.empty())
        drawCurves(painter, data, frame, theme);
    else
        drawBoxes(painter, data, frame, theme);
    if (theme.crisp && !data.hasRows()) // on paper it stands under the plots, once for all of them
        drawLegend(painter, data, frame, theme);
    painter.setOpacity(1.0);
    drawFrame(painter, frame, theme);
    painter.restore();
}

void drawCategoryMark(QPainter& painter, const ChartData& data, const PlotFrame& frame,
                      std::size_t thing, const QColor& colour, const PlotTheme& theme) {
    const auto rect = categoryRect(data, frame, thing);
    painter.setPen(QPen(colour, 2.0 * theme.unit));
    painter.setBrush(Qt::NoBrush);
    if (data.hasRows())
        painter.drawLine(rect.topLeft(), rect.bottomLeft());
    else
        painter.drawLine(rect.bottomLeft() + QPointF(theme.unit, 0.0),
                         rect.bottomRight() - QPointF(theme.unit, 0.0));
    auto fill = colour;
    fill.setAlphaF(0.08F);
    painter.fillRect(rect, fill);
}

} // namespace residuum

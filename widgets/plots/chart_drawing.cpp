#include "widgets/plots/chart_drawing.h"

#include "widgets/plots/chart_rows.h"
#include "widgets/plots/legend.h"
#include "widgets/plots/pin_mark.h"
#include "widgets/plots/scatter_drawing.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr double mostDecades = 6.0;

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

void drawBand(QPainter& painter, const ChartSeries& series, const PlotFrame& frame,
              const PlotTheme& theme) {
    QPolygonF around;
    for (const auto& point : series.band)
        around << QPointF(frame.toX(point.x), frame.toY(point.high));
    for (auto point = series.band.rbegin(); point != series.band.rend(); ++point)
        around << QPointF(frame.toX(point->x), frame.toY(point->low));
    auto fill = groupColour(series.group, theme.dark);
    fill.setAlphaF(0.15F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawPolygon(around);
}

void drawCurves(QPainter& painter, const ChartData& data, const PlotFrame& frame,
                const PlotTheme& theme) {
    if (data.markedStop) {
        painter.setPen(QPen(theme.quiet, theme.unit, Qt::DotLine));
        const double x = frame.toX(static_cast<double>(*data.markedStop));
        painter.drawLine(QPointF(x, frame.area.top()), QPointF(x, frame.area.bottom()));
    }
    for (const auto& series : data.series)
        drawBand(painter, series, frame, theme);
    for (const auto& series : data.series) {
        QPolygonF line;
        for (const auto& point : series.curve)
            if (!data.logarithmic || point.y() > 0.0)
                line << QPointF(frame.toX(point.x()),
                                frame.toY(data.logarithmic ? std::log10(point.y()) : point.y()));
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

QStringList seriesNames(const ChartData& data) {
    QStringList names;
    for (const auto& series : data.series)
        if (!names.contains(series.name)) // those that share a name are one entry
            names << series.name;
    return names;
}

/// The first series of that name.
const ChartSeries& seriesOf(const ChartData& data, std::size_t name) {
    const auto wanted = seriesNames(data)[static_cast<qsizetype>(name)];
    return *std::find_if(data.series.begin(), data.series.end(),
                         [&](const ChartSeries& series) { return series.name == wanted; });
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
        for (const auto& point : series.band)
            for (const double value : {point.low, point.high})
                include(value);
        for (const auto& marks : series.marks) {
            for (const double value : {marks.filled, marks.hollow})
                include(value);
            for (const auto& interval : {marks.filledInterval, marks.hollowInterval})
                if (interval) {
                    include(interval->first);
                    include(interval->last);
                }
        }
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
    // A mark at 0 is a whole one, and a pin's letter has room beside all marks.
    return AxisRange{low < 0.0 || data.hasRows() ? low - beside : 0.0, high + beside};
}

PlotFrame chartFrame(const ChartData& data, const AxisRange& values, const QSizeF& size,
                     const PlotTheme& theme) {
    if (data.hasRows())
        return rowsFrame(data, values, size, theme);
    PlotAxis y{data.yTitle, roundTicks(values.first, values.last, 5), values.last, values.first};
    if (data.logarithmic)
        y.ticks = logTicks(values.first, values.last);
    return layOutFrame(size, theme, xAxis(data), y,
                       {.everyXLabel = !data.categories.empty(),
                        .head = legendHead(seriesNames(data), size, theme)});
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
    if (frame.style.head > 0.0)
        drawLegend(painter, seriesNames(data), frame.head, theme,
                   [&](std::size_t name, const QRectF& square) {
                       drawKey(painter, seriesOf(data, name), data.categories.empty(), square,
                               theme);
                   });
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

void drawCategoryPin(QPainter& painter, const ChartData& data, const PlotFrame& frame,
                     std::size_t thing, const Pin& pin, const PlotTheme& theme) {
    drawCategoryMark(painter, data, frame, thing, pin.colour, theme);
    const auto rect = categoryRect(data, frame, thing);
    const auto size = pinLetterSize(pin, theme);
    const QPointF at = data.hasRows()
                           ? QPointF(rect.left(), rect.center().y() - size.height() / 2.0)
                           : QPointF(rect.center().x() - size.width() / 2.0, rect.top());
    drawPinLetter(painter, at, pin, theme);
}

} // namespace residuum

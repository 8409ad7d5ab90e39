#include "widgets/plots/scatter_drawing.h"

#include "widgets/plots/legend_place.h"
#include "widgets/text/eliding.h"

#include <algorithm>
#include <cmath>

namespace residuum {

QColor groupColour(int group, bool dark) {
    switch (group % 6) {
    case 0:
        return dark ? QColor(0x7F, 0xB2, 0xE5) : QColor(0x2F, 0x6D, 0xB0);
    case 1:
        return dark ? QColor(0xF0, 0x93, 0x62) : QColor(0xC2, 0x55, 0x20);
    case 2:
        return dark ? QColor(0xB4, 0xB4, 0xB4) : QColor(0x6A, 0x6A, 0x6A);
    case 3:
        return dark ? QColor(0x7C, 0xC8, 0xA4) : QColor(0x1D, 0x7F, 0x5C);
    case 4:
        return dark ? QColor(0xD9, 0x9B, 0xD4) : QColor(0x8E, 0x3A, 0x86);
    default:
        return dark ? QColor(0xE3, 0xC8, 0x5C) : QColor(0x9A, 0x7A, 0x0A);
    }
}

namespace {

QPolygonF polygon(const QPointF& at, const std::vector<QPointF>& corners, double radius) {
    QPolygonF points;
    for (const QPointF& corner : corners)
        points << at + corner * radius;
    return points;
}

} // namespace

void drawMarker(QPainter& painter, const QPointF& at, int group, double radius,
                const PlotTheme& theme) {
    const QColor colour = groupColour(group, theme.dark);
    QColor fill = colour;
    fill.setAlphaF(0.55F);
    painter.setPen(QPen(colour, 0.8 * theme.unit));
    painter.setBrush(fill);
    // Equal areas, so that no group looks heavier than another.
    switch (group % 6) {
    case 0:
        painter.drawEllipse(at, radius, radius);
        break;
    case 1: {
        const double half = radius * 0.89;
        painter.drawRect(QRectF(at.x() - half, at.y() - half, 2.0 * half, 2.0 * half));
        break;
    }
    case 2:
        painter.drawPolygon(polygon(at, {{0, -1.25}, {1.25, 0}, {0, 1.25}, {-1.25, 0}}, radius));
        break;
    case 3:
        painter.drawPolygon(polygon(at, {{0, -1.4}, {1.25, 0.8}, {-1.25, 0.8}}, radius));
        break;
    case 4:
        painter.drawPolygon(polygon(at, {{0, 1.4}, {1.25, -0.8}, {-1.25, -0.8}}, radius));
        break;
    default:
        painter.drawPolygon(polygon(
            at, {{0, -1.25}, {1.19, -0.39}, {0.73, 1.01}, {-0.73, 1.01}, {-1.19, -0.39}}, radius));
        break;
    }
}

namespace {

void drawGrid(QPainter& painter, const ScatterData& data, const PlotFrame& frame,
              const PlotTheme& theme) {
    const QRectF& area = frame.area;
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme.grid, theme.unit));
    for (const AxisTick& tick : frame.x.ticks) {
        const double x = snapped(painter, theme, frame.toX(tick.position));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
    for (const AxisTick& tick : frame.y.ticks) {
        const double y = snapped(painter, theme, frame.toY(tick.position));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    }
    if (!data.diagonal)
        return;
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(blended(theme.ink, theme.area, 0.45), theme.unit, Qt::DashLine));
    painter.drawLine(area.bottomLeft(), area.topRight());
}

QColor underText(const PlotTheme& theme) {
    QColor under = theme.area;
    under.setAlphaF(0.8F);
    return under;
}

void drawLegend(QPainter& painter, const ScatterData& data, const PlotFrame& frame,
                const PlotTheme& theme) {
    const QFontMetricsF metrics = theme.tickMetrics();
    const double line = metrics.height();
    double width = 0.0;
    for (const QString& group : data.groups)
        width = std::max(width, metrics.horizontalAdvance(group));
    width = std::ceil(width + 1.6 * line);
    const double height = line * static_cast<double>(data.groups.size()) + 0.4 * line;
    const QRectF& area = frame.area;
    // A small plot goes without.
    if (data.groups.empty() || width > 0.62 * area.width() || height > 0.42 * area.height())
        return;
    std::vector<QPointF> marks;
    for (const auto& point : data.points)
        if (const auto place = placeOf(point, frame))
            marks.push_back(*place);
    // Below the diagonal on the right there are few points, and clouds are rare in the upper
    // corner.
    using enum Corner;
    const auto box = legendPlace(
        area, {width, height}, 3.0 * theme.unit, marks, markerRadius(data, frame, theme),
        data.diagonal ? std::vector{BottomRight, TopLeft, TopRight, BottomLeft}
                      : std::vector{TopRight, TopLeft, BottomRight, BottomLeft});
    painter.setPen(Qt::NoPen);
    painter.setBrush(underText(theme));
    painter.drawRect(box);
    painter.setFont(theme.tickFont);
    for (std::size_t i = 0; i < data.groups.size(); ++i) {
        const double top = box.top() + 0.2 * line + line * static_cast<double>(i);
        drawMarker(painter, QPointF(box.left() + 0.7 * line, top + 0.5 * line), static_cast<int>(i),
                   markerRadius(data, frame, theme), theme);
        painter.setPen(theme.quiet);
        painter.drawText(QRectF(box.left() + 1.3 * line, top, width, line),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, data.groups[i]);
    }
}

void drawNote(QPainter& painter, const ScatterData& data, const PlotFrame& frame,
              const PlotTheme& theme) {
    if (data.note.isEmpty())
        return;
    const QFontMetricsF metrics = theme.titleMetrics();
    const QRectF& area = frame.area;
    const double pad = metrics.height() * 0.3;
    const QString text = elided(metrics, data.note, area.width() - 4.0 * pad);
    const QRectF box(area.left() + pad, area.top() + pad,
                     std::ceil(metrics.horizontalAdvance(text)) + 2.0 * pad,
                     metrics.height() + 0.5 * pad);
    painter.setPen(Qt::NoPen);
    painter.setBrush(underText(theme));
    painter.drawRoundedRect(box, 2.0 * theme.unit, 2.0 * theme.unit);
    painter.setFont(theme.titleFont);
    painter.setPen(theme.ink);
    painter.drawText(box, Qt::AlignCenter | Qt::TextDontClip, text);
}

} // namespace

PlotFrame scatterFrame(const ScatterData& data, double limit, const QSizeF& size,
                       const PlotTheme& theme) {
    const auto x = data.x.value_or(AxisRange{-limit, limit});
    const auto y = data.y.value_or(AxisRange{-limit, limit});
    // A little beyond the ends, so that a point there is a whole one.
    const double besideX = 0.02 * (x.last - x.first), besideY = 0.02 * (y.last - y.first);
    FrameStyle style;
    style.mostAspect = data.x ? 0.0 : 1.5;
    return layOutFrame(
        size, theme,
        {data.xTitle, roundTicks(x.first, x.last, 5), x.first - besideX, x.last + besideX},
        {data.yTitle, roundTicks(y.first, y.last, 5), y.last + besideY, y.first - besideY}, style);
}

std::optional<QPointF> placeOf(const ScatterPoint& point, const PlotFrame& frame) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y))
        return std::nullopt;
    const auto inside = [](double value, const PlotAxis& axis) {
        const auto [low, high] = std::minmax(axis.first, axis.last);
        const double beside = 0.02 / 1.04 * (high - low);
        return std::clamp(value, low + beside, high - beside);
    };
    return QPointF(frame.toX(inside(point.x, frame.x)), frame.toY(inside(point.y, frame.y)));
}

double markerRadius(const ScatterData& data, const PlotFrame& frame, const PlotTheme& theme) {
    const double sparse = theme.tickMetrics().height() * 0.25;
    // Smaller where the points are many or the plot is small.
    const double crowd = data.points.size() > 600 ? 0.55 : 1.0;
    return std::max(2.0 * theme.unit,
                    std::min(sparse, frame.area.height() / 40.0 + 1.2 * theme.unit) * crowd);
}

void drawScatter(QPainter& painter, const ScatterData& data, const PlotFrame& frame,
                 const PlotTheme& theme, double opacity) {
    painter.save();
    painter.fillRect(frame.area, theme.area);
    drawGrid(painter, data, frame, theme);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setOpacity(opacity);
    const double radius = markerRadius(data, frame, theme);
    for (const ScatterPoint& point : data.points)
        if (const auto place = placeOf(point, frame))
            drawMarker(painter, *place, point.group, radius, theme);
    painter.setOpacity(opacity < 1.0 ? 0.6 : 1.0);
    if (theme.crisp) // on paper it stands under the plots, once for all of them
        drawLegend(painter, data, frame, theme);
    drawNote(painter, data, frame, theme);
    drawFrame(painter, frame, theme);
    painter.restore();
}

void drawRing(QPainter& painter, const QPointF& at, int group, double radius,
              const PlotTheme& theme, const QColor& colour, double thickness, double gap) {
    drawMarker(painter, at, group, radius, theme);
    painter.setBrush(Qt::NoBrush);
    const double around = radius + gap * theme.unit;
    painter.setPen(QPen(theme.area, (thickness + 1.5) * theme.unit));
    painter.drawEllipse(at, around, around);
    painter.setPen(QPen(colour, thickness * theme.unit));
    painter.drawEllipse(at, around, around);
}

} // namespace residuum

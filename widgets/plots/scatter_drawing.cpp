// The scatter's drawing: grid, diagonal, marks, note and legend; rings and callout above.
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/scatter_private.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// The colour of a group's marks: calmer than pins, which must stand out from them.
QColor groupColour(int group, bool dark) {
    switch (group % 4) {
    case 0:
        return dark ? QColor(0x7F, 0xB2, 0xE5) : QColor(0x2F, 0x6D, 0xB0);
    case 1:
        return dark ? QColor(0xF0, 0x93, 0x62) : QColor(0xC2, 0x55, 0x20);
    case 2:
        return dark ? QColor(0xB4, 0xB4, 0xB4) : QColor(0x6A, 0x6A, 0x6A);
    default:
        return dark ? QColor(0x7C, 0xC8, 0xA4) : QColor(0x1D, 0x7F, 0x5C);
    }
}

QPolygonF polygon(const QPointF& at, const std::vector<QPointF>& corners, double radius) {
    QPolygonF points;
    for (const QPointF& corner : corners)
        points << at + corner * radius;
    return points;
}

} // namespace

double ScatterView::Private::markerRadius() const {
    const double sparse = theme.tickMetrics().height() * 0.25;
    // Smaller where the points are many or the plot is small.
    const double crowd = data.points.size() > 600 ? 0.7 : 1.0;
    return std::max(2.0, std::min(sparse, frame_.area.height() / 40.0 + 1.2) * crowd);
}

void ScatterView::Private::drawContent(QCPPainter& painter) {
    if (data.points.empty()) {
        drawSentence(painter, view->rect(), theme, emptyText);
        return;
    }
    const PlotFrame& placed = frame();
    painter.save();
    painter.fillRect(placed.area, theme.area);
    drawGrid(painter);
    painter.setAntialiasing(true);
    painter.setOpacity(stale ? 0.35 : 1.0);
    const double radius = markerRadius();
    for (const ScatterPoint& point : data.points)
        if (const auto place = placeOf(point))
            drawMarker(painter, *place, point.group, radius);
    painter.setOpacity(stale ? 0.6 : 1.0);
    drawLegend(painter);
    drawNote(painter);
    drawFrame(painter, placed, theme);
    painter.restore();
}

void ScatterView::Private::drawGrid(QCPPainter& painter) {
    const QRectF& area = frame_.area;
    painter.setAntialiasing(false);
    painter.setPen(QPen(theme.grid, 1.0));
    for (const AxisTick& tick : frame_.x.ticks) {
        const double x = snapped(painter, frame_.toX(tick.position));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
        const double y = snapped(painter, frame_.toY(tick.position));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    }
    if (!data.diagonal)
        return;
    painter.setAntialiasing(true);
    painter.setPen(QPen(blended(theme.ink, theme.area, 0.45), 1.0, Qt::DashLine));
    painter.drawLine(area.bottomLeft(), area.topRight());
}

void ScatterView::Private::drawMarker(QCPPainter& painter, const QPointF& at, int group,
                                      double radius) {
    const QColor colour = groupColour(group, theme.dark);
    QColor fill = colour;
    fill.setAlphaF(0.55F);
    painter.setPen(QPen(colour, 0.8));
    painter.setBrush(fill);
    // Equal areas, so that no group looks heavier than another.
    switch (group % 4) {
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
    default:
        painter.drawPolygon(polygon(at, {{0, -1.4}, {1.25, 0.8}, {-1.25, 0.8}}, radius));
        break;
    }
}

void ScatterView::Private::drawLegend(QCPPainter& painter) {
    const QFontMetricsF metrics = theme.tickMetrics();
    const double line = metrics.height();
    double width = 0.0;
    for (const QString& group : data.groups)
        width = std::max(width, metrics.horizontalAdvance(group));
    width = std::ceil(width + 1.6 * line);
    const double height = line * static_cast<double>(data.groups.size()) + 0.4 * line;
    const QRectF& area = frame_.area;
    // Below the diagonal on the right there are few points; a small plot goes without.
    if (data.groups.empty() || width > 0.5 * area.width() || height > 0.42 * area.height())
        return;
    const QRectF box(area.right() - width - 3.0, area.bottom() - height - 3.0, width, height);
    QColor under = theme.area;
    under.setAlphaF(0.8F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(under);
    painter.drawRect(box);
    painter.setFont(theme.tickFont);
    for (std::size_t i = 0; i < data.groups.size(); ++i) {
        const double top = box.top() + 0.2 * line + line * static_cast<double>(i);
        drawMarker(painter, QPointF(box.left() + 0.7 * line, top + 0.5 * line), static_cast<int>(i),
                   markerRadius());
        painter.setPen(theme.quiet);
        painter.drawText(QRectF(box.left() + 1.3 * line, top, width, line),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, data.groups[i]);
    }
}

void ScatterView::Private::drawNote(QCPPainter& painter) {
    if (data.note.isEmpty())
        return;
    const QFontMetricsF metrics = theme.titleMetrics();
    const QRectF& area = frame_.area;
    const double pad = metrics.height() * 0.3;
    const QString text = metrics.elidedText(data.note, Qt::ElideMiddle, area.width() - 4.0 * pad);
    const QRectF box(area.left() + pad, area.top() + pad,
                     std::ceil(metrics.horizontalAdvance(text)) + 2.0 * pad,
                     metrics.height() + 0.5 * pad);
    QColor under = theme.area;
    under.setAlphaF(0.8F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(under);
    painter.drawRoundedRect(box, 2.0, 2.0);
    painter.setFont(theme.titleFont);
    painter.setPen(theme.ink);
    painter.drawText(box, Qt::AlignCenter | Qt::TextDontClip, text);
}

void ScatterView::Private::drawCallout(QCPPainter& painter, const QPointF& at,
                                       const QString& text) {
    const QFontMetricsF metrics = theme.tickMetrics();
    const double pad = metrics.height() * 0.3;
    const QRectF room = frame_.area.adjusted(2.0, 2.0, -2.0, -2.0);
    const QString shown = metrics.elidedText(text, Qt::ElideMiddle, room.width() - 2.0 * pad);
    const QSizeF size(std::ceil(metrics.horizontalAdvance(shown)) + 2.0 * pad,
                      metrics.height() + pad);
    const double away = 2.0 * markerRadius() + 4.0;
    // Right of and above the point; where that leaves the plot, on the other side.
    QPointF corner(at.x() + away * 0.7, at.y() - away * 0.7 - size.height());
    if (corner.x() + size.width() > room.right())
        corner.setX(at.x() - away * 0.7 - size.width());
    if (corner.y() < room.top())
        corner.setY(at.y() + away * 0.7);
    corner.setX(
        std::clamp(corner.x(), room.left(), std::max(room.left(), room.right() - size.width())));
    corner.setY(
        std::clamp(corner.y(), room.top(), std::max(room.top(), room.bottom() - size.height())));
    const QRectF box(corner, size);
    painter.setPen(QPen(theme.quiet, 0.8));
    painter.setBrush(theme.background);
    painter.drawRoundedRect(box, 2.5, 2.5);
    painter.setFont(theme.tickFont);
    painter.setPen(theme.ink);
    painter.drawText(box, Qt::AlignCenter | Qt::TextDontClip, shown);
}

void ScatterView::Private::drawOverlay(QCPPainter& painter) {
    if (data.points.empty())
        return;
    const PlotFrame& placed = frame();
    const double radius = markerRadius();
    painter.save();
    painter.setAntialiasing(true);
    if (controller->showsFocus()) {
        painter.setPen(QPen(theme.focus, 1.0));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(placed.area.adjusted(1.5, 1.5, -1.5, -1.5));
    }
    const auto ring = [&](int id, const QColor& colour, double thickness, double gap) {
        const auto index = indexOf(id);
        const auto place = index ? placeOf(data.points[*index]) : std::nullopt;
        if (!place)
            return;
        drawMarker(painter, *place, data.points[*index].group, radius);
        painter.setBrush(Qt::NoBrush);
        const double around = radius + gap;
        painter.setPen(QPen(theme.area, thickness + 1.5));
        painter.drawEllipse(*place, around, around);
        painter.setPen(QPen(colour, thickness));
        painter.drawEllipse(*place, around, around);
    };
    for (const Pin& pin : pins)
        ring(pin.id, pin.colour, 2.0, 2.5);
    if (const auto hovered = controller->hovered()) {
        const bool pinned = std::any_of(pins.begin(), pins.end(),
                                        [&](const Pin& pin) { return pin.id == *hovered; });
        ring(*hovered, theme.ink, 1.2, pinned ? 5.0 : 2.5);
        const auto index = indexOf(*hovered);
        const auto place = index ? placeOf(data.points[*index]) : std::nullopt;
        if (place)
            drawCallout(painter, *place, describe(*hovered));
    }
    painter.restore();
}

} // namespace residuum

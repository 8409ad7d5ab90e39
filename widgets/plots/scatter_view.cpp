#include "widgets/plots/scatter_view.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/plots/crosshair.h"
#include "widgets/plots/pin_mark.h"
#include "widgets/plots/qcustomplot_shim.h"
#include "widgets/plots/scatter_drawing.h"
#include "widgets/text/eliding.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr double reach = 8.0; ///< pixels within which a point is under the pointer

} // namespace

ScatterView::ScatterView(QWidget* parent) : FramedView(tr("Scatter plot"), parent) {
    setToolTip(tr("Point at a mark for its values, click to pin it. Arrow keys move between marks, "
                  "Space pins."));
    const QFontMetrics metrics = fontMetrics();
    setMinimumSize(9 * metrics.height(), 8 * metrics.height());
}

void ScatterView::setData(const ScatterData& data, double limit) {
    data_ = data;
    limit_ = limit;
    places_.learn(data_.points);
    contentChanged();
}

PlotFrame ScatterView::layOut(const QSizeF& size) const {
    return scatterFrame(data_, limit_, size, theme());
}

std::optional<Thing> ScatterView::thingAt(const QPoint& point) const {
    const auto to = QPointF(point) + QPointF(0.5, 0.5);
    std::optional<Thing> best;
    double bestSquared = reach * reach;
    for (const auto& each : data_.points) {
        const auto place = placeOf(data_, each, frame());
        if (!place)
            continue;
        const QPointF apart = *place - to;
        const double squared = QPointF::dotProduct(apart, apart);
        // The later of two equally near is the one that is drawn above.
        if (squared <= bestSquared) {
            bestSquared = squared;
            best = each.thing;
        }
    }
    return best;
}

QPoint ScatterView::centreOf(const Thing& thing) const {
    const auto index = indexOf(thing);
    const auto place = index ? placeOf(data_, data_.points[*index], frame()) : std::nullopt;
    if (!place)
        return {};
    return {static_cast<int>(std::floor(place->x())), static_cast<int>(std::floor(place->y()))};
}

std::optional<std::size_t> ScatterView::indexOf(const Thing& thing) const {
    return places_.of(thing);
}

QString ScatterView::describe(const Thing& thing) const {
    const auto index = indexOf(thing);
    if (!index)
        return {};
    const auto& point = data_.points[*index];
    return QStringLiteral("%1: %2, %3")
        .arg(point.label, threeDigits(point.x), threeDigits(point.y));
}

/// The finite points, in the order of the arrow keys.
std::vector<std::size_t> ScatterView::inOrder(bool byX) const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < data_.points.size(); ++i)
        if (const auto& point = data_.points[i];
            std::isfinite(point.x) && std::isfinite(data_.along(point)))
            order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        const auto &one = data_.points[a], &other = data_.points[b];
        return byX ? one.x < other.x : one.y < other.y;
    });
    return order;
}

std::optional<Thing> ScatterView::neighbour(const std::optional<Thing>& from, int dx,
                                            int dy) const {
    const auto order = inOrder(dx != 0);
    if (order.empty())
        return std::nullopt;
    const auto index = from ? indexOf(*from) : std::nullopt;
    const auto at = index ? std::find(order.begin(), order.end(), *index) : order.end();
    if (at == order.end())
        return data_.points[order.front()].thing;
    const auto next = at - order.begin() + (dx != 0 ? dx : -dy);
    return next < 0 || next >= static_cast<std::ptrdiff_t>(order.size())
               ? std::nullopt
               : data_.points[order[static_cast<std::size_t>(next)]].thing;
}

void ScatterView::drawContent(QCPPainter& painter, const PlotFrame& frame) const {
    drawScatter(painter, data_, frame, theme(), isStale() ? 0.35 : 1.0);
}

void ScatterView::drawCallout(QCPPainter& painter, const PlotFrame& frame, const QPointF& at,
                              const QString& text) const {
    const QFontMetricsF metrics = theme().tickMetrics();
    const double pad = metrics.height() * 0.3;
    const QRectF room = frame.area.adjusted(2.0, 2.0, -2.0, -2.0);
    // Its numbers stand under each other where one line is too long for all of them.
    auto lines = QStringList{text};
    if (metrics.horizontalAdvance(text) > room.width() - 2.0 * pad)
        lines = QString(text)
                    .replace(QStringLiteral(": "), QStringLiteral("\n"))
                    .replace(QStringLiteral(", "), QStringLiteral("\n"))
                    .split(QLatin1Char('\n'));
    double width = 0.0;
    for (auto& line : lines) {
        line = elided(metrics, line, room.width() - 2.0 * pad);
        width = std::max(width, metrics.horizontalAdvance(line));
    }
    const auto shown = lines.join(QLatin1Char('\n'));
    const QSizeF size(std::ceil(width) + 2.0 * pad,
                      static_cast<double>(lines.size()) * metrics.lineSpacing() + pad);
    const double away = 2.0 * markerRadius(data_, frame, theme()) + 4.0;
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
    painter.setPen(QPen(theme().quiet, 0.8));
    painter.setBrush(theme().background);
    painter.drawRoundedRect(box, 2.5, 2.5);
    painter.setFont(theme().tickFont);
    painter.setPen(theme().ink);
    painter.drawText(box, Qt::AlignCenter | Qt::TextDontClip, shown);
}

void ScatterView::drawMarks(QCPPainter& painter, const PlotFrame& frame) const {
    const double radius = markerRadius(data_, frame, theme());
    const auto ring = [&](const Thing& thing, const QColor& colour, double thickness, double gap) {
        const auto index = indexOf(thing);
        const auto place = index ? placeOf(data_, data_.points[*index], frame) : std::nullopt;
        if (place)
            drawRing(painter, *place, data_.points[*index].group, radius, theme(), colour,
                     thickness, gap);
        return place;
    };
    if (const auto index = hoveredThing() ? indexOf(*hoveredThing()) : std::nullopt)
        if (const auto place = placeOf(data_, data_.points[*index], frame))
            drawCrosshair(painter, frame.area, {*place, QSizeF()}, theme());
    for (const auto& pin : pins())
        if (const auto place = ring(pin.thing, pin.colour, 2.0, 2.5))
            drawPinLetterBeside(painter, ringRect(*place, radius, theme(), 2.5), frame.area, pin,
                                theme());
    if (const auto& hovered = hoveredThing())
        if (const auto place = ring(*hovered, theme().ink, 1.2, isPinned(*hovered) ? 5.0 : 2.5))
            drawCallout(painter, frame, *place, describe(*hovered));
}

} // namespace residuum

// The heatmap's drawing: cells as rectangles (so that vector exports hold no bitmap), marks above.
#include "widgets/plots/heatmap_private.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr double staleOpacity = 0.35;
constexpr double hatchStep = 4.0;

/// Diagonal lines drawn one by one: a pattern brush would not survive in a vector file.
void drawHatch(QCPPainter& painter, const QRectF& rect, const QColor& under, const QColor& line) {
    painter.fillRect(rect, under);
    painter.setPen(QPen(line, 1.0));
    const double first = std::ceil((rect.left() + rect.top()) / hatchStep) * hatchStep;
    for (double sum = first; sum < rect.right() + rect.bottom(); sum += hatchStep) {
        const double from = std::max(rect.left(), sum - rect.bottom());
        const double to = std::min(rect.right(), sum - rect.top());
        if (from < to)
            painter.drawLine(QPointF(from, sum - from), QPointF(to, sum - to));
    }
}

} // namespace

void HeatmapView::Private::drawContent(QCPPainter& painter) {
    if (grid.cells.empty()) {
        drawSentence(painter, view->rect(), theme, emptyText);
        return;
    }
    painter.save();
    if (stale)
        painter.setOpacity(staleOpacity);
    drawCells(painter);
    painter.setOpacity(stale ? 0.6 : 1.0);
    drawFrame(painter, frame(), theme);
    painter.restore();
}

void HeatmapView::Private::drawCells(QCPPainter& painter) {
    painter.setAntialiasing(false);
    const QColor line = colourOf(unknownValue, scale, theme.dark);
    const QColor under = blended(line, theme.background, 0.25);
    for (std::size_t i = 0; i < grid.cells.size(); ++i) {
        QRectF rect = snapped(painter, rectOf(grid.cells[i]));
        // A hairline between cells that are large enough makes them countable.
        if (rect.width() >= 9.0 && rect.height() >= 7.0)
            rect.adjust(0.0, 0.0, -1.0, -1.0);
        const double value = valueOf(i);
        if (std::isnan(value)) {
            painter.setAntialiasing(true);
            drawHatch(painter, rect, under, line);
            painter.setAntialiasing(false);
        } else {
            painter.fillRect(rect, colourOf(value, scale, theme.dark));
        }
    }
}

void HeatmapView::Private::outline(QCPPainter& painter, int id, const QColor& colour, double width,
                                   double outward) {
    const auto index = indexOf(id);
    if (!index)
        return;
    const QRectF rect = snapped(painter, rectOf(grid.cells[*index]));
    const QRectF around =
        rect.adjusted(-0.5 - outward, -0.5 - outward, outward - 0.5, outward - 0.5);
    const auto stroke = [&](const QColor& ink, double thickness) {
        QPen pen(ink, thickness);
        pen.setJoinStyle(Qt::MiterJoin);
        painter.setPen(pen);
        painter.drawRect(around);
    };
    // The seam in the background's colour keeps the outline apart from any cell's colour.
    stroke(theme.background, width + 2.0);
    stroke(colour, width);
}

void HeatmapView::Private::drawOverlay(QCPPainter& painter) {
    if (grid.cells.empty())
        return;
    painter.save();
    painter.setBrush(Qt::NoBrush);
    painter.setAntialiasing(true);
    if (controller->showsFocus()) {
        painter.setPen(QPen(theme.focus, 1.0));
        painter.drawRect(frame().area.adjusted(-2.5, -2.5, 1.5, 1.5));
    }
    for (const Pin& pin : pins)
        outline(painter, pin.id, pin.colour, 2.0, 0.0);
    if (const auto hovered = controller->hovered()) {
        const bool pinned = std::any_of(pins.begin(), pins.end(),
                                        [&](const Pin& pin) { return pin.id == *hovered; });
        outline(painter, *hovered, theme.ink, 1.5, pinned ? 2.5 : 0.0);
        if (pinned) // whose seam has cut into the pin's outline
            for (const Pin& pin : pins)
                if (pin.id == *hovered)
                    outline(painter, pin.id, pin.colour, 2.0, 0.0);
    }
    painter.restore();
}

} // namespace residuum

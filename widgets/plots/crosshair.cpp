#include "widgets/plots/crosshair.h"

#include <QLineF>

#include <utility>
#include <vector>

namespace residuum {

void drawCrosshair(QPainter& painter, const QRectF& area, const QRectF& at,
                   const PlotTheme& theme) {
    const auto middle = at.center();
    std::vector<QLineF> lines;
    const auto add = [&](const QPointF& from, const QPointF& to) {
        if (from.x() < to.x() || from.y() < to.y())
            lines.emplace_back(from, to);
    };
    // Through a point, but along a cell: the numbers in its row and column are to be read.
    const auto along = [](double first, double middleOf, double last) {
        return first < last ? std::vector<double>{first, last} : std::vector<double>{middleOf};
    };
    for (const double y : along(at.top(), middle.y(), at.bottom()))
        if (y >= area.top() && y <= area.bottom()) {
            add({area.left(), y}, {at.left(), y});
            add({at.right(), y}, {area.right(), y});
        }
    for (const double x : along(at.left(), middle.x(), at.right()))
        if (x >= area.left() && x <= area.right()) {
            add({x, area.top()}, {x, at.top()});
            add({x, at.bottom()}, {x, area.bottom()});
        }
    // On light and on dark cells.
    auto around = theme.area, line = theme.ink;
    around.setAlphaF(0.5F);
    line.setAlphaF(0.7F);
    for (const auto& [colour, width] : {std::pair(around, 3.0), std::pair(line, 1.0)}) {
        painter.setPen(QPen(colour, width * theme.unit, Qt::SolidLine, Qt::FlatCap));
        for (const auto& each : lines)
            painter.drawLine(each);
    }
    const auto seen = at & area;
    painter.setPen(QPen(theme.ink, 3.0 * theme.unit, Qt::SolidLine, Qt::FlatCap));
    if (seen.width() > 0.0)
        painter.drawLine(QPointF(seen.left(), area.bottom()), QPointF(seen.right(), area.bottom()));
    if (seen.height() > 0.0)
        painter.drawLine(QPointF(area.left(), seen.top()), QPointF(area.left(), seen.bottom()));
}

} // namespace residuum

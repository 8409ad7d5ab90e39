#include "widgets/plots/heatmap_view.h"

#include "widgets/plots/crosshair.h"
#include "widgets/plots/pin_mark.h"
#include "widgets/plots/qcustomplot_shim.h"

#include <algorithm>
#include <cmath>

namespace residuum {

HeatmapView::HeatmapView(QWidget* parent) : FramedView(tr("Heatmap"), parent) {
    setToolTip(tr("Point at a cell for its value, click to pin it. Arrow keys move between cells, "
                  "Space pins. The wheel, + and − zoom, a drag moves, a double click or 0 shows "
                  "all."));
    const QFontMetrics metrics = fontMetrics();
    setMinimumSize(9 * metrics.height(), 8 * metrics.height());
}

void HeatmapView::setData(const HeatmapData& data) {
    const auto isAt = [](const GridCell& a, const GridCell& b) {
        return a.row == b.row && a.column == b.column;
    };
    const auto &now = data_.grid, &next = data.grid;
    const bool isSorted =
        now.rows == next.rows &&
        std::equal(now.cells.begin(), now.cells.end(), next.cells.begin(), next.cells.end(), isAt);
    data_ = data;
    places_.learn(data_.grid.cells);
    if (!isSorted)
        sortRows();
    contentChanged();
}

void HeatmapView::sortRows() {
    const auto& grid = data_.grid;
    rows_.assign(static_cast<std::size_t>(std::max(0, grid.rows)), {});
    for (std::size_t i = 0; i < grid.cells.size(); ++i)
        if (const int row = grid.cells[i].row; row >= 0 && row < grid.rows)
            rows_[static_cast<std::size_t>(row)].push_back(i);
    for (auto& row : rows_)
        std::sort(row.begin(), row.end(), [&grid](std::size_t a, std::size_t b) {
            return grid.cells[a].column < grid.cells[b].column;
        });
}

PlotFrame HeatmapView::layOut(const QSizeF& size) const {
    return heatmapFrame(data_.grid, size, theme(), isZoomed() ? part() : QRectF());
}

std::optional<Thing> HeatmapView::thingAt(const QPoint& at) const {
    const auto point = QPointF(at) + QPointF(0.5, 0.5);
    const auto& placed = frame();
    if (!placed.area.contains(point))
        return std::nullopt;
    const double column = placed.fromX(point.x());
    const double row = std::floor(placed.fromY(point.y()));
    if (row < 0.0 || row >= static_cast<double>(rows_.size()))
        return std::nullopt;
    const auto& cells = rows_[static_cast<std::size_t>(row)];
    const auto after =
        std::upper_bound(cells.begin(), cells.end(), column, [this](double wanted, std::size_t i) {
            return wanted < data_.grid.cells[i].column;
        });
    if (after == cells.begin())
        return std::nullopt;
    const auto& cell = data_.grid.cells[*(after - 1)];
    return column < cell.column + cell.width ? cell.thing : std::nullopt;
}

QPoint HeatmapView::centreOf(const Thing& thing) const {
    const auto index = indexOf(thing);
    if (!index)
        return {};
    const auto seen = cellRect(frame(), data_.grid.cells[*index]) & frame().area;
    if (seen.isEmpty())
        return {};
    const QPointF centre = seen.center();
    return {static_cast<int>(std::floor(centre.x())), static_cast<int>(std::floor(centre.y()))};
}

std::optional<std::size_t> HeatmapView::indexOf(const Thing& thing) const {
    return places_.of(thing);
}

std::optional<double> HeatmapView::valueOf(const Thing& thing) const {
    const auto index = indexOf(thing);
    const double value = index ? data_.valueOf(*index) : unknownValue;
    return std::isnan(value) ? std::nullopt : std::optional(value);
}

QString HeatmapView::describe(const Thing& thing) const {
    const auto index = indexOf(thing);
    if (!index)
        return {};
    const auto& label = data_.grid.cells[*index].label;
    const double value = data_.valueOf(*index);
    if (std::isnan(value))
        return tr("%1: not computed").arg(label);
    auto number = threeDigits(value);
    if (data_.means != nullptr &&
        data_.means->statistics.low[*index] <= data_.means->statistics.high[*index])
        number += QStringLiteral(" [%1, %2]")
                      .arg(threeDigits(data_.means->statistics.low[*index]),
                           threeDigits(data_.means->statistics.high[*index]));
    return data_.scale.unit.isEmpty()
               ? QStringLiteral("%1: %2").arg(label, number)
               : QStringLiteral("%1: %2 %3").arg(label, number, data_.scale.unit);
}

std::size_t HeatmapView::nearest(const std::vector<std::size_t>& row, double column) const {
    const auto distance = [&](std::size_t i) {
        const auto& cell = data_.grid.cells[i];
        return std::abs(cell.column + cell.width / 2.0 - column);
    };
    return *std::min_element(row.begin(), row.end(), [&](std::size_t a, std::size_t b) {
        return distance(a) < distance(b);
    });
}

std::optional<Thing> HeatmapView::neighbour(const std::optional<Thing>& from, int dx,
                                            int dy) const {
    const auto& cells = data_.grid.cells;
    const auto index = from ? indexOf(*from) : std::nullopt;
    if (!index) {
        for (const auto& row : rows_)
            if (!row.empty())
                return cells[row.front()].thing;
        return std::nullopt;
    }
    const auto& cell = cells[*index];
    if (dx != 0) {
        const auto& row = rows_[static_cast<std::size_t>(cell.row)];
        const auto at = std::find(row.begin(), row.end(), *index) - row.begin() + dx;
        return at < 0 || at >= static_cast<std::ptrdiff_t>(row.size())
                   ? std::nullopt
                   : cells[row[static_cast<std::size_t>(at)]].thing;
    }
    for (int row = cell.row + dy; row >= 0 && row < data_.grid.rows; row += dy)
        if (const auto& there = rows_[static_cast<std::size_t>(row)]; !there.empty())
            return cells[nearest(there, cell.column + cell.width / 2.0)].thing;
    return std::nullopt;
}

QRectF HeatmapView::whole() const {
    return {0.0, 0.0, std::max(data_.grid.columns, 1.0),
            static_cast<double>(std::max(data_.grid.rows, 1))};
}

QRectF HeatmapView::part() const {
    const auto all = whole();
    if (part_.isNull())
        return all;
    const QSizeF size(std::min(part_.width(), all.width()), std::min(part_.height(), all.height()));
    return {QPointF(std::clamp(part_.left(), 0.0, all.width() - size.width()),
                    std::clamp(part_.top(), 0.0, all.height() - size.height())),
            size};
}

bool HeatmapView::isZoomed() const {
    return !part_.isNull() && part() != whole();
}

void HeatmapView::setPart(const QRectF& part) {
    if (part == part_)
        return;
    part_ = part;
    contentChanged();
}

void HeatmapView::choosePart(const QRectF& part) {
    const auto before = part_;
    setPart(part);
    setPart(isZoomed() ? this->part() : QRectF()); // as far as it lies in the grid
    if (part_ != before)
        Q_EMIT partChosen(part_);
}

bool HeatmapView::zoom(double factor, const QPointF& about) {
    constexpr double wide = 3.0; // times as high: then a cell has room for its number
    constexpr QSizeF least(3.0, 2.0);
    const auto& placed = frame();
    if (isEmpty() || placed.area.isEmpty())
        return false;
    const auto all = whole(), shown = part();
    const double cellWidth = placed.area.width() / shown.width(),
                 cellHeight = placed.area.height() / shown.height();
    // Narrow cells get wide first, then both directions are zoomed.
    const bool rowsToo = factor < 1.0 || cellWidth >= wide * cellHeight;
    const auto zoomed = [&](double from, double length, double at, double fewest, double most,
                            bool isMeant) {
        if (!isMeant)
            return std::pair(from, length);
        const double now = std::clamp(length / factor, std::min(fewest, most), most);
        return std::pair(at - (at - from) * now / length, now);
    };
    const double x = std::clamp(placed.fromX(about.x()), shown.left(), shown.right()),
                 y = std::clamp(placed.fromY(about.y()), shown.top(), shown.bottom());
    const auto [left, width] =
        zoomed(shown.left(), shown.width(), x, least.width(), all.width(), true);
    const auto [top, height] =
        zoomed(shown.top(), shown.height(), y, least.height(), all.height(), rowsToo);
    choosePart({left, top, width, height});
    return true;
}

void HeatmapView::pan(const QPointF& by) {
    const auto& placed = frame();
    const auto shown = part();
    choosePart(shown.translated(-by.x() / placed.area.width() * shown.width(),
                                -by.y() / placed.area.height() * shown.height()));
}

void HeatmapView::showAll() {
    choosePart({});
}

void HeatmapView::reveal(const Thing& thing) {
    const auto index = indexOf(thing);
    if (!index || !isZoomed())
        return;
    const auto& cell = data_.grid.cells[*index];
    auto shown = part();
    const auto into = [](double& from, double length, double first, double last) {
        from = std::clamp(from, std::min(first, last - length), std::max(first, last - length));
    };
    double left = shown.left(), top = shown.top();
    into(left, shown.width(), cell.column, cell.column + cell.width);
    into(top, shown.height(), cell.row, cell.row + 1.0);
    shown.moveTopLeft({left, top});
    choosePart(shown);
}

/// Thin lines beside the cells: which part of the columns and of the rows is shown.
void HeatmapView::drawPartMarks(QCPPainter& painter, const PlotFrame& frame) const {
    const auto all = whole(), shown = part();
    const auto& area = frame.area;
    const auto draw = [&](const QPointF& from, const QPointF& along, double first, double last) {
        painter.setPen(QPen(theme().grid, 2.0));
        painter.drawLine(from, from + along);
        painter.setPen(QPen(theme().ink, 2.0));
        painter.drawLine(from + first * along, from + last * along);
    };
    if (shown.width() < all.width())
        draw(area.bottomLeft() + QPointF(0.0, 2.0), {area.width(), 0.0}, shown.left() / all.width(),
             shown.right() / all.width());
    if (shown.height() < all.height())
        draw(area.topLeft() - QPointF(2.0, 0.0), {0.0, area.height()}, shown.top() / all.height(),
             shown.bottom() / all.height());
}

void HeatmapView::drawContent(QCPPainter& painter, const PlotFrame& frame) const {
    painter.save();
    if (isStale())
        painter.setOpacity(0.35);
    drawCells(painter, data_, frame, theme());
    painter.setOpacity(isStale() ? 0.6 : 1.0);
    drawFrame(painter, frame, theme());
    if (isZoomed())
        drawPartMarks(painter, frame);
    painter.restore();
}

void HeatmapView::drawMarks(QCPPainter& painter, const PlotFrame& frame) const {
    if (isZoomed())
        painter.setClipRect(frame.area.adjusted(-3.0, -3.0, 3.0, 3.0));
    const auto outline = [&](const Thing& thing, const QColor& colour, double width,
                             double outward) {
        if (const auto index = indexOf(thing);
            index && cellRect(frame, data_.grid.cells[*index]).intersects(frame.area))
            outlineCell(painter, cellRect(frame, data_.grid.cells[*index]), theme(), colour, width,
                        outward);
    };
    if (const auto index = hoveredThing() ? indexOf(*hoveredThing()) : std::nullopt)
        drawCrosshair(painter, frame.area, cellRect(frame, data_.grid.cells[*index]), theme());
    for (const auto& pin : pins())
        outline(pin.thing, pin.colour, 2.0, 0.0);
    if (const auto& hovered = hoveredThing()) {
        outline(*hovered, theme().ink, 1.5, isPinned(*hovered) ? 2.5 : 0.0);
        for (const auto& pin : pins()) // whose outline that seam has cut into
            if (pin.thing == *hovered)
                outline(pin.thing, pin.colour, 2.0, 0.0);
    }
    for (const auto& pin : pins())
        if (const auto index = indexOf(pin.thing))
            if (const auto cell = cellRect(frame, data_.grid.cells[*index]);
                cell.intersects(frame.area)) // else it is out of sight
                drawPinLetterBeside(painter, cell, frame.area, pin, theme());
}

} // namespace residuum

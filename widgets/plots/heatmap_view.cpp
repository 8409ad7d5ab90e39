#include "widgets/plots/heatmap_view.h"

#include "widgets/plots/heatmap_private.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace residuum {

HeatmapView::HeatmapView(QWidget* parent) : QWidget(parent), d_(std::make_unique<Private>(this)) {
    setAccessibleName(tr("Heatmap"));
    setToolTip(tr("Point at a cell for its value, click to pin it. Arrow keys move between cells, "
                  "Space pins."));
    const QFontMetrics metrics = fontMetrics();
    setMinimumSize(10 * metrics.height(), 8 * metrics.height());
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

HeatmapView::~HeatmapView() = default;

void HeatmapView::setGrid(const CellGrid& grid) {
    d_->setGrid(grid);
}

void HeatmapView::setValues(const std::vector<double>& values) {
    d_->data.values = values;
    d_->controller->describeAgain();
    d_->surface->markContent();
}

void HeatmapView::setScale(const ColourScale& scale) {
    if (scale == d_->data.scale)
        return;
    d_->data.scale = scale;
    d_->controller->describeAgain();
    d_->surface->markContent();
}

void HeatmapView::setStale(bool stale) {
    if (stale == d_->stale)
        return;
    d_->stale = stale;
    d_->surface->markContent();
}

void HeatmapView::setEmptyText(const QString& text) {
    if (text == d_->emptyText)
        return;
    d_->emptyText = text;
    d_->surface->markContent();
}

std::optional<Thing> HeatmapView::thingAt(const QPoint& point) const {
    const auto index = d_->cellAt(QPointF(point) + QPointF(0.5, 0.5));
    return index ? d_->data.grid.cells[*index].thing : std::nullopt;
}

QPoint HeatmapView::centreOf(const Thing& thing) const {
    const auto index = d_->indexOf(thing);
    if (!index)
        return {};
    const QPointF centre = d_->rectOf(d_->data.grid.cells[*index]).center();
    return {static_cast<int>(std::floor(centre.x())), static_cast<int>(std::floor(centre.y()))};
}

const QString& HeatmapView::emptyText() const {
    return d_->emptyText;
}

const std::vector<double>& HeatmapView::values() const {
    return d_->data.values;
}

void HeatmapView::setHovered(std::optional<Thing> thing) {
    d_->controller->setHovered(thing);
}

void HeatmapView::setPins(const std::vector<Pin>& pins) {
    if (pins == d_->pins)
        return;
    d_->pins = pins;
    d_->surface->markOverlay();
}

HeatmapView::Private::Private(HeatmapView* owner)
    : view(owner), theme(PlotTheme::of(owner->palette(), owner->font())) {
    surface = new PlotSurface(
        owner, [this](QCPPainter& painter) { drawContent(painter); },
        [this](QCPPainter& painter) { drawOverlay(painter); });
    surface->setBackground(theme.background);
    PlotController::Hooks hooks;
    hooks.thingAt = [owner](const QPoint& point) { return owner->thingAt(point); };
    hooks.neighbour = [this](std::optional<Thing> from, int dx, int dy) {
        return neighbour(from, dx, dy);
    };
    hooks.describe = [this](const Thing& thing) { return describe(thing); };
    hooks.hint = [this](const QPoint& point) {
        const PlotFrame& placed = frame();
        if (placed.xTitleRect.contains(point) && placed.xTitle != placed.x.title)
            return placed.x.title;
        if (placed.yTitleRect.contains(point) && placed.yTitle != placed.y.title)
            return placed.y.title;
        return QString();
    };
    hooks.restyled = [this] { restyle(); };
    hooks.resized = [this] {
        surface->setGeometry(view->rect());
        invalidateFrame();
    };
    hooks.marksChanged = [this] { surface->markOverlay(); };
    hooks.hovered = [owner](std::optional<Thing> thing) { Q_EMIT owner->hovered(thing); };
    hooks.clicked = [owner](const Thing& thing) { Q_EMIT owner->clicked(thing); };
    controller = std::make_unique<PlotController>(owner, std::move(hooks));
}

void HeatmapView::Private::setGrid(const CellGrid& newGrid) {
    data.grid = newGrid;
    const CellGrid& grid = data.grid;
    places_.clear();
    rows_.assign(static_cast<std::size_t>(std::max(0, grid.rows)), {});
    for (std::size_t i = 0; i < grid.cells.size(); ++i) {
        const GridCell& cell = grid.cells[i];
        if (cell.thing)
            places_.emplace(*cell.thing, i);
        if (cell.row >= 0 && cell.row < grid.rows)
            rows_[static_cast<std::size_t>(cell.row)].push_back(i);
    }
    for (auto& row : rows_)
        std::sort(row.begin(), row.end(), [&grid](std::size_t a, std::size_t b) {
            return grid.cells[a].column < grid.cells[b].column;
        });
    controller->describeAgain();
    invalidateFrame();
}

void HeatmapView::Private::invalidateFrame() {
    frameValid_ = false;
    surface->markContent();
}

void HeatmapView::Private::restyle() {
    theme = PlotTheme::of(view->palette(), view->font());
    surface->setBackground(theme.background);
    invalidateFrame();
}

const PlotFrame& HeatmapView::Private::frame() {
    if (frameValid_ && frameSize_ == view->size())
        return frame_;
    frame_ = heatmapFrame(data.grid, view->size(), theme);
    frameSize_ = view->size();
    frameValid_ = true;
    surface->setFrame(frame_);
    return frame_;
}

std::optional<std::size_t> HeatmapView::Private::cellAt(const QPointF& point) {
    const PlotFrame& placed = frame();
    if (!placed.area.contains(point))
        return std::nullopt;
    const double column = placed.fromX(point.x());
    const double row = std::floor(placed.fromY(point.y()));
    if (row < 0.0 || row >= static_cast<double>(rows_.size()))
        return std::nullopt;
    const auto& cells = rows_[static_cast<std::size_t>(row)];
    const auto after =
        std::upper_bound(cells.begin(), cells.end(), column, [this](double wanted, std::size_t i) {
            return wanted < data.grid.cells[i].column;
        });
    if (after == cells.begin())
        return std::nullopt;
    const GridCell& cell = data.grid.cells[*(after - 1)];
    return column < cell.column + cell.width ? std::optional(*(after - 1)) : std::nullopt;
}

std::optional<std::size_t> HeatmapView::Private::indexOf(const Thing& thing) const {
    const auto found = places_.find(thing);
    return found == places_.end() ? std::nullopt : std::optional(found->second);
}

QString HeatmapView::Private::describe(const Thing& thing) const {
    const auto index = indexOf(thing);
    if (!index)
        return {};
    const QString label = data.grid.cells[*index].label;
    const double value = data.valueOf(*index);
    if (std::isnan(value))
        return QCoreApplication::translate("HeatmapView", "%1: not computed").arg(label);
    const QString number = threeDigits(value);
    return data.scale.unit.isEmpty()
               ? QStringLiteral("%1: %2").arg(label, number)
               : QStringLiteral("%1: %2 %3").arg(label, number, data.scale.unit);
}

std::optional<Thing> HeatmapView::Private::neighbour(std::optional<Thing> from, int dx,
                                                     int dy) const {
    const auto index = from ? indexOf(*from) : std::nullopt;
    if (!index) {
        for (const auto& row : rows_)
            if (!row.empty())
                return data.grid.cells[row.front()].thing;
        return std::nullopt;
    }
    const GridCell& cell = data.grid.cells[*index];
    if (dx != 0) {
        const auto& row = rows_[static_cast<std::size_t>(cell.row)];
        const auto at = std::find(row.begin(), row.end(), *index) - row.begin() + dx;
        if (at < 0 || at >= static_cast<std::ptrdiff_t>(row.size()))
            return std::nullopt;
        return data.grid.cells[row[static_cast<std::size_t>(at)]].thing;
    }
    const double centre = cell.column + cell.width / 2.0;
    const auto distance = [this, centre](std::size_t i) {
        const GridCell& other = data.grid.cells[i];
        return std::abs(other.column + other.width / 2.0 - centre);
    };
    for (int row = cell.row + dy; row >= 0 && row < data.grid.rows; row += dy) {
        const auto& cells = rows_[static_cast<std::size_t>(row)];
        if (cells.empty())
            continue;
        return data.grid
            .cells[*std::min_element(
                cells.begin(), cells.end(),
                [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); })]
            .thing;
    }
    return std::nullopt;
}

void HeatmapView::Private::drawContent(QCPPainter& painter) {
    if (data.grid.cells.empty()) {
        drawSentence(painter, view->rect(), theme, emptyText);
        return;
    }
    painter.save();
    if (stale)
        painter.setOpacity(0.35);
    drawCells(painter, data, frame(), theme);
    painter.setOpacity(stale ? 0.6 : 1.0);
    drawFrame(painter, frame(), theme);
    painter.restore();
}

void HeatmapView::Private::outline(QCPPainter& painter, const Thing& thing, const QColor& colour,
                                   double width, double outward) {
    if (const auto index = indexOf(thing))
        outlineCell(painter, rectOf(data.grid.cells[*index]), theme, colour, width, outward);
}

void HeatmapView::Private::drawOverlay(QCPPainter& painter) {
    if (data.grid.cells.empty())
        return;
    painter.save();
    painter.setBrush(Qt::NoBrush);
    painter.setAntialiasing(true);
    if (controller->showsFocus()) {
        painter.setPen(QPen(theme.focus, 1.0));
        painter.drawRect(frame().area.adjusted(-2.5, -2.5, 1.5, 1.5));
    }
    for (const Pin& pin : pins)
        outline(painter, pin.thing, pin.colour, 2.0, 0.0);
    if (const auto hovered = controller->hovered()) {
        const bool pinned = std::any_of(pins.begin(), pins.end(),
                                        [&](const Pin& pin) { return pin.thing == *hovered; });
        outline(painter, *hovered, theme.ink, 1.5, pinned ? 2.5 : 0.0);
        if (pinned) // whose seam has cut into the pin's outline
            for (const Pin& pin : pins)
                if (pin.thing == *hovered)
                    outline(painter, pin.thing, pin.colour, 2.0, 0.0);
    }
    painter.restore();
}

} // namespace residuum

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
    d_->values = values;
    d_->controller->describeAgain();
    d_->surface->markContent();
}

void HeatmapView::setScale(const ColourScale& scale) {
    if (scale == d_->scale)
        return;
    d_->scale = scale;
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

std::optional<int> HeatmapView::idAt(const QPoint& point) const {
    const auto index = d_->cellAt(QPointF(point) + QPointF(0.5, 0.5));
    return index ? std::optional(d_->grid.cells[*index].id) : std::nullopt;
}

QPoint HeatmapView::centreOf(int id) const {
    const auto index = d_->indexOf(id);
    if (!index)
        return {};
    const QPointF centre = d_->rectOf(d_->grid.cells[*index]).center();
    return {static_cast<int>(std::floor(centre.x())), static_cast<int>(std::floor(centre.y()))};
}

const std::vector<double>& HeatmapView::values() const {
    return d_->values;
}

void HeatmapView::setHovered(std::optional<int> id) {
    d_->controller->setHovered(id);
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
    hooks.idAt = [owner](const QPoint& point) { return owner->idAt(point); };
    hooks.neighbour = [this](std::optional<int> from, int dx, int dy) {
        return neighbour(from, dx, dy);
    };
    hooks.describe = [this](int id) { return describe(id); };
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
    hooks.hovered = [owner](std::optional<int> id) { Q_EMIT owner->hovered(id); };
    hooks.clicked = [owner](int id) { Q_EMIT owner->clicked(id); };
    controller = new PlotController(owner, std::move(hooks));
}

void HeatmapView::Private::setGrid(const CellGrid& newGrid) {
    grid = newGrid;
    indexOfId_.clear();
    rows_.assign(static_cast<std::size_t>(std::max(0, grid.rows)), {});
    for (std::size_t i = 0; i < grid.cells.size(); ++i) {
        const GridCell& cell = grid.cells[i];
        indexOfId_.emplace(cell.id, i);
        if (cell.row >= 0 && cell.row < grid.rows)
            rows_[static_cast<std::size_t>(cell.row)].push_back(i);
    }
    for (auto& row : rows_)
        std::sort(row.begin(), row.end(), [this](std::size_t a, std::size_t b) {
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
    const PlotAxis x{grid.columnTitle, grid.columnTicks, 0.0, std::max(grid.columns, 1.0)};
    const PlotAxis y{grid.rowTitle, grid.rowTicks, 0.0,
                     static_cast<double>(std::max(grid.rows, 1))};
    FrameStyle style;
    style.spines = false;
    frame_ = layOutFrame(view->size(), theme, x, y, style);
    frameSize_ = view->size();
    frameValid_ = true;
    surface->setFrame(frame_);
    return frame_;
}

QRectF HeatmapView::Private::rectOf(const GridCell& cell) {
    const PlotFrame& placed = frame();
    return QRectF(QPointF(placed.toX(cell.column), placed.toY(cell.row)),
                  QPointF(placed.toX(cell.column + cell.width), placed.toY(cell.row + 1)));
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
            return wanted < grid.cells[i].column;
        });
    if (after == cells.begin())
        return std::nullopt;
    const GridCell& cell = grid.cells[*(after - 1)];
    return column < cell.column + cell.width ? std::optional(*(after - 1)) : std::nullopt;
}

std::optional<std::size_t> HeatmapView::Private::indexOf(int id) const {
    const auto found = indexOfId_.find(id);
    return found == indexOfId_.end() ? std::nullopt : std::optional(found->second);
}

double HeatmapView::Private::valueOf(std::size_t index) const {
    return index < values.size() ? values[index] : unknownValue;
}

QString HeatmapView::Private::describe(int id) const {
    const auto index = indexOf(id);
    if (!index)
        return {};
    const QString label = grid.cells[*index].label;
    const double value = valueOf(*index);
    if (std::isnan(value))
        return QCoreApplication::translate("HeatmapView", "%1: not computed").arg(label);
    const QString number = threeDigits(value);
    return scale.unit.isEmpty() ? QStringLiteral("%1: %2").arg(label, number)
                                : QStringLiteral("%1: %2 %3").arg(label, number, scale.unit);
}

std::optional<int> HeatmapView::Private::neighbour(std::optional<int> from, int dx, int dy) const {
    const auto index = from ? indexOf(*from) : std::nullopt;
    if (!index) {
        for (const auto& row : rows_)
            if (!row.empty())
                return grid.cells[row.front()].id;
        return std::nullopt;
    }
    const GridCell& cell = grid.cells[*index];
    if (dx != 0) {
        const auto& row = rows_[static_cast<std::size_t>(cell.row)];
        const auto at = std::find(row.begin(), row.end(), *index) - row.begin() + dx;
        if (at < 0 || at >= static_cast<std::ptrdiff_t>(row.size()))
            return std::nullopt;
        return grid.cells[row[static_cast<std::size_t>(at)]].id;
    }
    const double centre = cell.column + cell.width / 2.0;
    const auto distance = [this, centre](std::size_t i) {
        const GridCell& other = grid.cells[i];
        return std::abs(other.column + other.width / 2.0 - centre);
    };
    for (int row = cell.row + dy; row >= 0 && row < grid.rows; row += dy) {
        const auto& cells = rows_[static_cast<std::size_t>(row)];
        if (cells.empty())
            continue;
        return grid
            .cells[*std::min_element(
                cells.begin(), cells.end(),
                [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); })]
            .id;
    }
    return std::nullopt;
}

} // namespace residuum

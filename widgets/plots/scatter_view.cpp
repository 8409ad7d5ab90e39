#include "widgets/plots/scatter_view.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/plots/scatter_private.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr double reach = 8.0; ///< pixels within which a point is under the pointer

bool isFinite(const ScatterPoint& point) {
    return std::isfinite(point.x) && std::isfinite(point.y);
}

} // namespace

ScatterView::ScatterView(QWidget* parent) : QWidget(parent), d_(std::make_unique<Private>(this)) {
    setAccessibleName(tr("Scatter plot"));
    setToolTip(tr("Point at a mark for its values, click to pin it. Arrow keys move between marks, "
                  "Space pins."));
    const QFontMetrics metrics = fontMetrics();
    setMinimumSize(9 * metrics.height(), 8 * metrics.height());
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

ScatterView::~ScatterView() = default;

void ScatterView::setData(const ScatterData& data) {
    d_->setData(data);
}

void ScatterView::setLimit(double limit) {
    if (!(limit > 0.0) || limit == d_->limit)
        return;
    d_->limit = limit;
    d_->invalidateFrame();
}

void ScatterView::setStale(bool stale) {
    if (stale == d_->stale)
        return;
    d_->stale = stale;
    d_->surface->markContent();
}

void ScatterView::setEmptyText(const QString& text) {
    if (text == d_->emptyText)
        return;
    d_->emptyText = text;
    d_->surface->markContent();
}

std::optional<int> ScatterView::idAt(const QPoint& point) const {
    const auto index = d_->nearest(QPointF(point) + QPointF(0.5, 0.5), reach);
    return index ? std::optional(d_->data.points[*index].id) : std::nullopt;
}

QPoint ScatterView::centreOf(int id) const {
    const auto index = d_->indexOf(id);
    const auto place = index ? d_->placeOf(d_->data.points[*index]) : std::nullopt;
    if (!place)
        return {};
    return {static_cast<int>(std::floor(place->x())), static_cast<int>(std::floor(place->y()))};
}

const ScatterData& ScatterView::data() const {
    return d_->data;
}

void ScatterView::setHovered(std::optional<int> id) {
    d_->controller->setHovered(id);
}

void ScatterView::setPins(const std::vector<Pin>& pins) {
    if (pins == d_->pins)
        return;
    d_->pins = pins;
    d_->surface->markOverlay();
}

ScatterView::Private::Private(ScatterView* owner)
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

void ScatterView::Private::setData(const ScatterData& newData) {
    data = newData;
    indexOfId_.clear();
    byX_.clear();
    for (std::size_t i = 0; i < data.points.size(); ++i) {
        indexOfId_.emplace(data.points[i].id, i);
        if (isFinite(data.points[i]))
            byX_.push_back(i);
    }
    byY_ = byX_;
    std::stable_sort(byX_.begin(), byX_.end(), [this](std::size_t a, std::size_t b) {
        return data.points[a].x < data.points[b].x;
    });
    std::stable_sort(byY_.begin(), byY_.end(), [this](std::size_t a, std::size_t b) {
        return data.points[a].y < data.points[b].y;
    });
    controller->describeAgain();
    invalidateFrame();
}

void ScatterView::Private::invalidateFrame() {
    frameValid_ = false;
    surface->markContent();
}

void ScatterView::Private::restyle() {
    theme = PlotTheme::of(view->palette(), view->font());
    surface->setBackground(theme.background);
    invalidateFrame();
}

const PlotFrame& ScatterView::Private::frame() {
    if (frameValid_ && frameSize_ == view->size())
        return frame_;
    // A little beyond the limit, so that a point at the limit is a whole one.
    const double edge = 1.04 * limit;
    const auto ticks = roundTicks(-limit, limit, 5);
    FrameStyle style;
    style.mostAspect = 1.5;
    frame_ = layOutFrame(view->size(), theme, {data.xTitle, ticks, -edge, edge},
                         {data.yTitle, ticks, edge, -edge}, style);
    frameSize_ = view->size();
    frameValid_ = true;
    surface->setFrame(frame_);
    return frame_;
}

std::optional<QPointF> ScatterView::Private::placeOf(const ScatterPoint& point) {
    if (!isFinite(point))
        return std::nullopt;
    const PlotFrame& placed = frame();
    return QPointF(placed.toX(std::clamp(point.x, -limit, limit)),
                   placed.toY(std::clamp(point.y, -limit, limit)));
}

std::optional<std::size_t> ScatterView::Private::nearest(const QPointF& to, double within) {
    std::optional<std::size_t> best;
    double bestSquared = within * within;
    for (std::size_t i = 0; i < data.points.size(); ++i) {
        const auto place = placeOf(data.points[i]);
        if (!place)
            continue;
        const QPointF apart = *place - to;
        const double squared = QPointF::dotProduct(apart, apart);
        // The later of two equally near is the one that is drawn above.
        if (squared <= bestSquared) {
            bestSquared = squared;
            best = i;
        }
    }
    return best;
}

std::optional<std::size_t> ScatterView::Private::indexOf(int id) const {
    const auto found = indexOfId_.find(id);
    return found == indexOfId_.end() ? std::nullopt : std::optional(found->second);
}

QString ScatterView::Private::describe(int id) const {
    const auto index = indexOf(id);
    if (!index)
        return {};
    const ScatterPoint& point = data.points[*index];
    return QStringLiteral("%1: %2, %3")
        .arg(point.label, threeDigits(point.x), threeDigits(point.y));
}

std::optional<int> ScatterView::Private::neighbour(std::optional<int> from, int dx, int dy) const {
    if (byX_.empty())
        return std::nullopt;
    const auto& order = dx != 0 ? byX_ : byY_;
    const auto index = from ? indexOf(*from) : std::nullopt;
    const auto at = index ? std::find(order.begin(), order.end(), *index) : order.end();
    if (at == order.end())
        return data.points[order.front()].id;
    const auto next = at - order.begin() + (dx != 0 ? dx : -dy);
    if (next < 0 || next >= static_cast<std::ptrdiff_t>(order.size()))
        return std::nullopt;
    return data.points[order[static_cast<std::size_t>(next)]].id;
}

} // namespace residuum

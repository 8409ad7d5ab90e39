#include "widgets/plots/scatter_view.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/plots/scatter_drawing.h"
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

std::optional<Thing> ScatterView::thingAt(const QPoint& point) const {
    const auto index = d_->nearest(QPointF(point) + QPointF(0.5, 0.5), reach);
    return index ? d_->data.points[*index].thing : std::nullopt;
}

QPoint ScatterView::centreOf(const Thing& thing) const {
    const auto index = d_->indexOf(thing);
    const auto place = index ? placeOf(d_->data.points[*index], d_->frame()) : std::nullopt;
    if (!place)
        return {};
    return {static_cast<int>(std::floor(place->x())), static_cast<int>(std::floor(place->y()))};
}

const ScatterData& ScatterView::data() const {
    return d_->data;
}

void ScatterView::setHovered(std::optional<Thing> thing) {
    d_->controller->setHovered(thing);
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

void ScatterView::Private::setData(const ScatterData& newData) {
    data = newData;
    places_.clear();
    byX_.clear();
    for (std::size_t i = 0; i < data.points.size(); ++i) {
        if (const auto& thing = data.points[i].thing)
            places_.emplace(*thing, i);
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
    frame_ = scatterFrame(data, limit, view->size(), theme);
    frameSize_ = view->size();
    frameValid_ = true;
    surface->setFrame(frame_);
    return frame_;
}

std::optional<std::size_t> ScatterView::Private::nearest(const QPointF& to, double within) {
    std::optional<std::size_t> best;
    double bestSquared = within * within;
    for (std::size_t i = 0; i < data.points.size(); ++i) {
        const auto place = placeOf(data.points[i], frame());
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

std::optional<std::size_t> ScatterView::Private::indexOf(const Thing& thing) const {
    const auto found = places_.find(thing);
    return found == places_.end() ? std::nullopt : std::optional(found->second);
}

QString ScatterView::Private::describe(const Thing& thing) const {
    const auto index = indexOf(thing);
    if (!index)
        return {};
    const ScatterPoint& point = data.points[*index];
    return QStringLiteral("%1: %2, %3")
        .arg(point.label, threeDigits(point.x), threeDigits(point.y));
}

std::optional<Thing> ScatterView::Private::neighbour(std::optional<Thing> from, int dx,
                                                     int dy) const {
    if (byX_.empty())
        return std::nullopt;
    const auto& order = dx != 0 ? byX_ : byY_;
    const auto index = from ? indexOf(*from) : std::nullopt;
    const auto at = index ? std::find(order.begin(), order.end(), *index) : order.end();
    if (at == order.end())
        return data.points[order.front()].thing;
    const auto next = at - order.begin() + (dx != 0 ? dx : -dy);
    if (next < 0 || next >= static_cast<std::ptrdiff_t>(order.size()))
        return std::nullopt;
    return data.points[order[static_cast<std::size_t>(next)]].thing;
}

void ScatterView::Private::drawContent(QCPPainter& painter) {
    if (data.points.empty())
        drawSentence(painter, view->rect(), theme, emptyText);
    else
        drawScatter(painter, data, frame(), theme, stale ? 0.35 : 1.0);
}

void ScatterView::Private::drawCallout(QCPPainter& painter, const QPointF& at,
                                       const QString& text) {
    const QFontMetricsF metrics = theme.tickMetrics();
    const double pad = metrics.height() * 0.3;
    const QRectF room = frame_.area.adjusted(2.0, 2.0, -2.0, -2.0);
    const QString shown = metrics.elidedText(text, Qt::ElideMiddle, room.width() - 2.0 * pad);
    const QSizeF size(std::ceil(metrics.horizontalAdvance(shown)) + 2.0 * pad,
                      metrics.height() + pad);
    const double away = 2.0 * markerRadius(data, frame_, theme) + 4.0;
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
    const double radius = markerRadius(data, placed, theme);
    painter.save();
    painter.setAntialiasing(true);
    if (controller->showsFocus()) {
        painter.setPen(QPen(theme.focus, 1.0));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(placed.area.adjusted(1.5, 1.5, -1.5, -1.5));
    }
    const auto ring = [&](const Thing& thing, const QColor& colour, double thickness, double gap) {
        const auto index = indexOf(thing);
        const auto place = index ? placeOf(data.points[*index], placed) : std::nullopt;
        if (!place)
            return;
        drawRing(painter, *place, data.points[*index].group, radius, theme, colour, thickness, gap);
    };
    for (const Pin& pin : pins)
        ring(pin.thing, pin.colour, 2.0, 2.5);
    if (const auto hovered = controller->hovered()) {
        const bool pinned = std::any_of(pins.begin(), pins.end(),
                                        [&](const Pin& pin) { return pin.thing == *hovered; });
        ring(*hovered, theme.ink, 1.2, pinned ? 5.0 : 2.5);
        const auto index = indexOf(*hovered);
        const auto place = index ? placeOf(data.points[*index], placed) : std::nullopt;
        if (place)
            drawCallout(painter, *place, describe(*hovered));
    }
    painter.restore();
}

} // namespace residuum

#include "widgets/plots/plot_view.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QFocusEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace residuum {

PlotView::PlotView(const QString& accessibleName, QWidget* parent)
    : QWidget(parent), theme_(PlotTheme::of(palette(), font())) {
    setAccessibleName(accessibleName);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
}

void PlotView::setStale(bool stale) {
    if (std::exchange(stale_, stale) != stale)
        redraw();
}

void PlotView::setEmptyText(const QString& text) {
    if (text == emptyText_)
        return;
    emptyText_ = text;
    redraw();
}

void PlotView::setHovered(std::optional<Thing> thing) {
    if (thing == hovered_)
        return;
    hovered_ = std::move(thing);
    describeAgain();
    redrawMarks();
}

void PlotView::setPins(const std::vector<Pin>& pins) {
    if (pins == pins_)
        return;
    pins_ = pins;
    redrawMarks();
}

void PlotView::contentChanged() {
    describeAgain();
    redraw();
    redrawMarks();
}

bool PlotView::isPinned(const Thing& thing) const {
    return std::any_of(pins_.begin(), pins_.end(),
                       [&](const Pin& pin) { return pin.thing == thing; });
}

void PlotView::describeAgain() {
    setAccessibleDescription(hovered_ ? describe(*hovered_) : QString());
}

void PlotView::point(std::optional<Thing> thing) {
    if (thing == pointed_ && thing == hovered_)
        return;
    pointed_ = thing;
    setHovered(thing);
    Q_EMIT hovered(thing);
}

bool PlotView::press(int key) {
    const auto move = [this](int dx, int dy) {
        showsFocus_ = true;
        if (const auto next = neighbour(hovered_, dx, dy)) {
            reveal(*next);
            point(next);
        }
        return true;
    };
    switch (key) {
    case Qt::Key_Left:
        return move(-1, 0);
    case Qt::Key_Right:
        return move(1, 0);
    case Qt::Key_Up:
        return move(0, -1);
    case Qt::Key_Down:
        return move(0, 1);
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!hovered_)
            return false;
        Q_EMIT clicked(Thing(*hovered_)); // a copy: the document may forget what is hovered
        return true;
    default:
        return zoomBy(key);
    }
}

/// About what is hovered, else about the middle.
bool PlotView::zoomBy(int key) {
    constexpr double step = 1.5;
    const auto place = hovered_ ? centreOf(*hovered_) : QPoint();
    const QPointF about = place.isNull() ? QPointF(rect().center()) : QPointF(place);
    switch (key) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: // the same key without Shift
        return zoom(step, about);
    case Qt::Key_Minus:
        return zoom(1.0 / step, about);
    case Qt::Key_0:
        if (!isZoomed())
            return false;
        showAll();
        return true;
    default:
        return false;
    }
}

void PlotView::showToolTip(const QPoint& at, const QPoint& global) {
    pointAt(at);
    const auto thing = thingAt(at);
    QString text = thing ? describe(*thing) : hint(at);
    if (text.isEmpty())
        text = toolTip();
    QToolTip::showText(global, text, this);
}

bool PlotView::askForMenu(const QContextMenuEvent& event) {
    const bool byKey = event.reason() == QContextMenuEvent::Keyboard;
    const auto thing = byKey ? hovered_ : thingAt(event.pos());
    if (!thing)
        return false;
    Q_EMIT menuWanted(Thing(*thing), describe(*thing),
                      byKey ? mapToGlobal(centreOf(*thing)) : event.globalPos());
    return true;
}

/// Whether nobody else needs the event.
bool PlotView::handleMouse(QEvent* event) {
    const auto* mouse = static_cast<QMouseEvent*>(event);
    const auto at = mouse->position();
    const bool isLeft = mouse->button() == Qt::LeftButton;
    switch (event->type()) {
    case QEvent::MouseMove:
        if (dragged_ && isZoomed() && (mouse->buttons() & Qt::LeftButton) != 0) {
            isPanning_ |= (at - *dragged_).manhattanLength() >= QApplication::startDragDistance();
            if (isPanning_)
                pan(at - std::exchange(*dragged_, at));
            return false;
        }
        pointAt(at.toPoint());
        point(thingAt(at.toPoint()));
        return false;
    case QEvent::MouseButtonDblClick:
        if (isLeft && isZoomed()) {
            pressed_.reset();
            showAll();
            return true;
        }
        [[fallthrough]];
    case QEvent::MouseButtonPress:
        if (isLeft) {
            pressed_ = thingAt(at.toPoint());
            dragged_ = at;
            isPanning_ = false;
        }
        return false;
    default: // it is released
        if (!isLeft)
            return false;
        dragged_.reset();
        if (const auto pressed = std::exchange(pressed_, std::nullopt);
            pressed && !std::exchange(isPanning_, false) && thingAt(at.toPoint()) == pressed)
            Q_EMIT clicked(*pressed);
        return false;
    }
}

/// Whether nobody else needs the event.
bool PlotView::handle(QEvent* event) {
    switch (event->type()) {
    case QEvent::MouseMove:
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonDblClick:
    case QEvent::MouseButtonRelease:
        return handleMouse(event);
    case QEvent::Wheel: {
        const auto* wheel = static_cast<QWheelEvent*>(event);
        constexpr double notch = 120.0, perNotch = 1.25;
        if (!zoom(std::pow(perNotch, wheel->angleDelta().y() / notch), wheel->position()))
            return false;
        event->accept();
        point(thingAt(wheel->position().toPoint()));
        return true;
    }
    case QEvent::Leave:
        if (pointed_)
            point(std::nullopt);
        return false;
    case QEvent::ShortcutOverride: {
        // The window moves the prompt's position with the arrows; who has tabbed into the plot
        // means its cells.
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (!showsFocus_ || (key != Qt::Key_Left && key != Qt::Key_Right))
            return false;
        event->accept();
        return true;
    }
    case QEvent::KeyPress: {
        const auto* key = static_cast<QKeyEvent*>(event);
        // Ctrl and Alt belong to the window's shortcuts; + may need Shift.
        const auto modifiers = key->modifiers() & ~Qt::KeypadModifier;
        return modifiers == Qt::NoModifier      ? press(key->key())
               : modifiers == Qt::ShiftModifier ? zoomBy(key->key())
                                                : false;
    }
    case QEvent::FocusIn: {
        const auto reason = static_cast<QFocusEvent*>(event)->reason();
        showsFocus_ = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
                      reason == Qt::ShortcutFocusReason;
        redrawMarks();
        return false;
    }
    case QEvent::FocusOut:
        showsFocus_ = false;
        redrawMarks();
        return false;
    case QEvent::ContextMenu:
        return askForMenu(*static_cast<QContextMenuEvent*>(event));
    case QEvent::ToolTip: {
        const auto* help = static_cast<QHelpEvent*>(event);
        showToolTip(help->pos(), help->globalPos());
        return true;
    }
    case QEvent::PaletteChange:
    case QEvent::StyleChange:
    case QEvent::FontChange:
        theme_ = PlotTheme::of(palette(), font());
        redraw();
        return false;
    case QEvent::Resize:
        redraw();
        return false;
    default:
        return false;
    }
}

bool PlotView::event(QEvent* event) {
    return handle(event) || QWidget::event(event);
}

} // namespace residuum

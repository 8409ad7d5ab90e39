#include "widgets/plots/plot_controller.h"

#include <QFocusEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <utility>

namespace residuum {

PlotController::PlotController(QWidget* view, Hooks hooks)
    : QObject(view), view_(view), hooks_(std::move(hooks)) {
    view->setMouseTracking(true);
    view->setFocusPolicy(Qt::StrongFocus);
    view->installEventFilter(this);
}

void PlotController::setHovered(std::optional<Thing> thing) {
    if (thing == hovered_)
        return;
    hovered_ = thing;
    describeAgain();
    hooks_.marksChanged();
}

void PlotController::describeAgain() {
    view_->setAccessibleDescription(hovered_ ? hooks_.describe(*hovered_) : QString());
}

void PlotController::point(std::optional<Thing> thing) {
    if (thing == pointed_ && thing == hovered_)
        return;
    pointed_ = thing;
    setHovered(thing);
    hooks_.hovered(thing);
}

bool PlotController::press(int key) {
    const auto move = [this](int dx, int dy) {
        showsFocus_ = true;
        if (const auto next = hooks_.neighbour(hovered_, dx, dy))
            point(next);
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
        if (hovered_)
            hooks_.clicked(*hovered_);
        return hovered_.has_value();
    default:
        return false;
    }
}

void PlotController::showToolTip(const QPoint& at, const QPoint& global) {
    const auto thing = hooks_.thingAt(at);
    QString text = thing ? hooks_.describe(*thing) : hooks_.hint(at);
    if (text.isEmpty())
        text = view_->toolTip();
    QToolTip::showText(global, text, view_);
}

bool PlotController::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
    case QEvent::MouseMove:
        point(hooks_.thingAt(static_cast<QMouseEvent*>(event)->position().toPoint()));
        break;
    case QEvent::Leave:
        if (pointed_)
            point(std::nullopt);
        break;
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonDblClick: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() == Qt::LeftButton)
            pressed_ = hooks_.thingAt(mouse->position().toPoint());
        break;
    }
    case QEvent::MouseButtonRelease: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() != Qt::LeftButton)
            break;
        const auto pressed = std::exchange(pressed_, std::nullopt);
        if (pressed && hooks_.thingAt(mouse->position().toPoint()) == pressed)
            hooks_.clicked(*pressed);
        break;
    }
    case QEvent::ShortcutOverride: {
        // The window moves the prompt's position with the arrows; who has tabbed into the plot
        // means its cells.
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (showsFocus_ && (key == Qt::Key_Left || key == Qt::Key_Right)) {
            event->accept();
            return true;
        }
        break;
    }
    case QEvent::KeyPress: {
        const auto* key = static_cast<QKeyEvent*>(event);
        // Ctrl and Alt belong to the window's shortcuts.
        if ((key->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier && press(key->key()))
            return true;
        break;
    }
    case QEvent::FocusIn: {
        const auto reason = static_cast<QFocusEvent*>(event)->reason();
        showsFocus_ = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
                      reason == Qt::ShortcutFocusReason;
        hooks_.marksChanged();
        break;
    }
    case QEvent::FocusOut:
        showsFocus_ = false;
        hooks_.marksChanged();
        break;
    case QEvent::ToolTip: {
        const auto* help = static_cast<QHelpEvent*>(event);
        showToolTip(help->pos(), help->globalPos());
        return true;
    }
    case QEvent::PaletteChange:
    case QEvent::StyleChange:
    case QEvent::FontChange:
        hooks_.restyled();
        break;
    case QEvent::Resize:
        hooks_.resized();
        break;
    default:
        break;
    }
    return QObject::eventFilter(watched, event);
}

} // namespace residuum

#include "widgets/plots/colour_bar.h"

#include "widgets/plots/bar_drawing.h"
#include "widgets/text/eliding.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// A padlock in `rect`, its shackle closed or lifted.
void drawPadlock(QPainter& painter, const QRectF& rect, const QColor& ink, bool locked) {
    const double w = rect.width();
    const double h = rect.height();
    const QRectF body(rect.left() + 0.18 * w, rect.top() + 0.48 * h, 0.64 * w, 0.46 * h);
    const double lift = locked ? 0.0 : -0.14 * h;
    const QRectF arch(rect.left() + 0.30 * w, rect.top() + 0.14 * h + lift + 0.10 * h, 0.40 * w,
                      0.42 * h);
    QPainterPath shackle;
    shackle.moveTo(arch.left(), body.top());
    shackle.lineTo(arch.left(), arch.center().y());
    shackle.arcTo(arch, 180.0, -180.0);
    if (locked)
        shackle.lineTo(arch.right(), body.top());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(ink, std::max(1.2, 0.10 * w)));
    painter.drawPath(shackle);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawRoundedRect(body, 0.08 * w, 0.08 * w);
}

} // namespace

ColourBar::ColourBar(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    setAccessibleName(tr("Colour scale"));
    describe();
}

void ColourBar::setScale(const ColourScale& scale) {
    if (scale == scale_)
        return;
    scale_ = scale;
    describe();
    update();
}

void ColourBar::setMarker(std::optional<double> value) {
    if (value == marker_)
        return;
    marker_ = value;
    update();
}

void ColourBar::hideLock() {
    hasLock_ = false;
    update();
}

QSize ColourBar::sizeHint() const {
    const int line = fontMetrics().height();
    return {minimumSizeHint().width(), 16 * line};
}

QSize ColourBar::minimumSizeHint() const {
    const QFontMetricsF ticks = PlotTheme::of(palette(), font()).tickMetrics();
    const double numbers = ticks.horizontalAdvance(QStringLiteral("−0.000000"));
    return {static_cast<int>(std::ceil(numbers + 1.6 * ticks.height())),
            static_cast<int>(std::ceil(7.0 * ticks.height()))};
}

QRectF ColourBar::barRect() const {
    const auto theme = PlotTheme::of(palette(), font());
    const double line = theme.tickMetrics().height();
    // Under the unit what kind of end it is, where values are beyond it.
    const double top =
        std::round((scale_.clips() ? 2.8 : 1.9) * line + beyondRoom(scale_, true, theme));
    const double bottom = std::round(height() - 2.3 * line - beyondRoom(scale_, false, theme));
    return QRectF(std::round(0.35 * line), top, std::round(0.9 * line),
                  std::max(0.0, bottom - top));
}

QRect ColourBar::lockRect() const {
    if (!hasLock_)
        return {};
    const int side = static_cast<int>(
        std::round(1.35 * PlotTheme::of(palette(), font()).tickMetrics().height()));
    const QRectF bar = barRect();
    const int left = std::max(0, static_cast<int>(bar.center().x() - side / 2.0));
    return QRect(left, height() - side - 2, side, side);
}

void ColourBar::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const PlotTheme theme = PlotTheme::of(palette(), font());
    const QFontMetricsF metrics = theme.tickMetrics();
    const double line = metrics.height();
    const QRectF bar = barRect();
    const double lowest = scale_.lowest();
    const double span = scale_.limit - lowest;
    const auto yOf = [&](double value) {
        const double share = std::clamp((value - lowest) / span, 0.0, 1.0);
        return bar.bottom() - share * bar.height();
    };

    painter.setFont(theme.titleFont);
    painter.setPen(theme.ink);
    painter.drawText(QRectF(bar.left(), 0.0, width() - bar.left(), 1.4 * line),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     elided(theme.titleMetrics(), scale_.unit, width() - bar.left()));

    const bool marked = marker_ && std::isfinite(*marker_);
    const double markerY = marked ? yOf(*marker_) : 0.0;
    const double textLeft = bar.right() + 0.55 * line;
    drawColourBar(painter, bar, scale_, theme, marked ? marker_ : std::nullopt);
    painter.setFont(theme.tickFont);
    painter.setPen(theme.quiet);
    painter.drawText(QRectF(bar.left(), 1.4 * line, width() - bar.left(), line),
                     Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, endKind(scale_));
    if (marked) {
        QPolygonF arrow;
        arrow << QPointF(bar.right() - 0.15 * line, markerY)
              << QPointF(bar.right() + 0.4 * line, markerY - 0.3 * line)
              << QPointF(bar.right() + 0.4 * line, markerY + 0.3 * line);
        painter.setPen(QPen(theme.background, 1.0));
        painter.setBrush(theme.ink);
        painter.drawPolygon(arrow);
        QFont bold = theme.tickFont;
        bold.setBold(true);
        painter.setFont(bold);
        painter.setPen(theme.ink);
        painter.drawText(QRectF(textLeft, markerY - line / 2.0, width() - textLeft, line),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip,
                         threeDigits(*marker_));
    }
    if (hasLock_)
        drawPadlock(painter, lockRect(), scale_.locked ? theme.ink : theme.quiet, scale_.locked);
    if (hasFocus()) {
        const auto framed = hasLock_ ? QRectF(lockRect()) : bar;
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.focus, 1.0));
        painter.drawRoundedRect(framed.adjusted(-1.5, -0.5, 1.5, 0.5), 2.0, 2.0);
    }
}

void ColourBar::toggleLock() {
    if (!hasLock_)
        return;
    scale_.locked = !scale_.locked;
    describe();
    update();
    Q_EMIT lockToggled(scale_.locked);
}

void ColourBar::describe() {
    const QString state =
        scale_.locked ? tr("locked, so that it stays while data change") : tr("fits the data");
    auto text =
        tr("From %1 to %2 %3; %4")
            .arg(threeDigits(scale_.lowest()), threeDigits(scale_.limit), scale_.unit, state);
    if (scale_.clips())
        text += tr("; %1. F, or a click on the bar's point, shows the full range")
                    .arg(clippedText(scale_));
    setAccessibleDescription(text);
}

/// Only where there is one, and room beyond the bar's end.
bool ColourBar::isOnCap(const QPoint& point) const {
    const auto bar = barRect();
    const double line = PlotTheme::of(palette(), font()).tickMetrics().height();
    return (scale_.clips(scale_.most) && point.y() < bar.top() &&
            point.y() > bar.top() - 1.5 * line) ||
           (scale_.clips(scale_.least) && point.y() > bar.bottom() &&
            point.y() < bar.bottom() + 1.5 * line && !lockRect().contains(point));
}

void ColourBar::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && lockRect().contains(event->pos()))
        toggleLock();
    else if (event->button() == Qt::LeftButton && isOnCap(event->pos()))
        Q_EMIT fullRangeWanted();
    else
        QWidget::mousePressEvent(event);
}

void ColourBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return)
        toggleLock();
    else
        QWidget::keyPressEvent(event);
}

void ColourBar::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (hasLock_) {
        QAction* lock = menu->addAction(tr("&Lock colour scale"));
        lock->setCheckable(true);
        lock->setChecked(scale_.locked);
        connect(lock, &QAction::triggered, this, [this] { toggleLock(); });
    }
    connect(menu->addAction(tr("Full &range, or back")), &QAction::triggered, this,
            &ColourBar::fullRangeWanted);
    menu->popup(event->globalPos());
}

bool ColourBar::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QString what = lockRect().contains(help->pos())
                                 ? (scale_.locked ? tr("Let the scale fit the data again")
                                                  : tr("Lock the scale while data change"))
                                 : accessibleDescription();
        QToolTip::showText(help->globalPos(), what, this);
        return true;
    }
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange ||
        event->type() == QEvent::FontChange) {
        updateGeometry();
        update();
    }
    return QWidget::event(event);
}

} // namespace residuum

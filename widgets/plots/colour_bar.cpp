#include "widgets/plots/colour_bar.h"

#include "widgets/plots/plot_frame.h"

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

/// Three digits without trailing zeros.
QString shortest(double value) {
    QString text = threeDigits(value);
    if (text.contains(QLatin1Char('.')) && !text.contains(QLatin1Char('e')))
        while (text.endsWith(QLatin1Char('0')) || text.endsWith(QLatin1Char('.'))) {
            const bool point = text.endsWith(QLatin1Char('.'));
            text.chop(1);
            if (point)
                break;
        }
    return text;
}

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

/// Both ends, zero and, where there is room, what lies half-way: unlike round numbers in general
/// these always name the ends, and limits are round themselves.
std::vector<AxisTick> barTicks(const ColourScale& scale, double height, double line) {
    const double lowest = scale.lowest();
    const int steps = (scale.map == ColourMap::Diverging ? 2 : 1) * (height > 7.5 * line ? 2 : 1);
    std::vector<AxisTick> ticks;
    for (int i = 0; i <= steps; ++i) {
        const double value = lowest + (scale.limit - lowest) * i / steps;
        ticks.push_back({value, shortest(value)});
    }
    return ticks;
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
    const double line = PlotTheme::of(palette(), font()).tickMetrics().height();
    const double top = std::round(1.9 * line);
    const double bottom = std::round(height() - 2.3 * line);
    return QRectF(std::round(0.35 * line), top, std::round(0.9 * line),
                  std::max(0.0, bottom - top));
}

QRect ColourBar::lockRect() const {
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
    painter.drawText(
        QRectF(bar.left(), 0.0, width() - bar.left(), 1.4 * line), Qt::AlignLeft | Qt::AlignVCenter,
        theme.titleMetrics().elidedText(scale_.unit, Qt::ElideMiddle, width() - bar.left()));

    // One line of the bar per device pixel row: a gradient would interpolate in another space.
    painter.setRenderHint(QPainter::Antialiasing, false);
    const double row = 1.0 / devicePixelRatioF();
    for (double y = bar.top(); y < bar.bottom(); y += row) {
        const double value = lowest + span * (bar.bottom() - y - row / 2.0) / bar.height();
        painter.fillRect(QRectF(bar.left(), y, bar.width(), row),
                         colourOf(value, scale_, theme.dark));
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(blended(theme.ink, theme.background, 0.3), 1.0));
    painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5));

    const bool marked = marker_ && std::isfinite(*marker_);
    const double markerY = marked ? yOf(*marker_) : 0.0;
    const double textLeft = bar.right() + 0.55 * line;
    painter.setFont(theme.tickFont);
    for (const AxisTick& tick : barTicks(scale_, bar.height(), line)) {
        const double y = yOf(tick.position);
        painter.setPen(theme.quiet);
        painter.drawLine(QPointF(bar.right() + 1.0, y), QPointF(bar.right() + 0.3 * line, y));
        // The marker's number takes the place of the ticks' that it would cover.
        if (!marked || std::abs(y - markerY) > line)
            painter.drawText(QRectF(textLeft, y - line / 2.0, width() - textLeft, line),
                             Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, tick.label);
    }
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
    drawPadlock(painter, lockRect(), scale_.locked ? theme.ink : theme.quiet, scale_.locked);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.focus, 1.0));
        painter.drawRoundedRect(QRectF(lockRect()).adjusted(-1.5, -0.5, 1.5, 0.5), 2.0, 2.0);
    }
}

void ColourBar::toggleLock() {
    scale_.locked = !scale_.locked;
    describe();
    update();
    Q_EMIT lockToggled(scale_.locked);
}

void ColourBar::describe() {
    const QString state =
        scale_.locked ? tr("locked, so that it stays while data change") : tr("fits the data");
    setAccessibleDescription(
        tr("From %1 to %2 %3; %4")
            .arg(threeDigits(scale_.lowest()), threeDigits(scale_.limit), scale_.unit, state));
}

void ColourBar::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && lockRect().contains(event->pos()))
        toggleLock();
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
    QAction* lock = menu->addAction(tr("&Lock colour scale"));
    lock->setCheckable(true);
    lock->setChecked(scale_.locked);
    connect(lock, &QAction::triggered, this, [this] { toggleLock(); });
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

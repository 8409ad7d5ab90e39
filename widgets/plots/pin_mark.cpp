#include "widgets/plots/pin_mark.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

QFont letterFont(const PlotTheme& theme) {
    auto font = theme.tickFont;
    font.setBold(true);
    return font;
}

/// Black or white, whichever is read more easily.
QColor inkOn(const QColor& colour) {
    const double light = 0.299 * colour.redF() + 0.587 * colour.greenF() + 0.114 * colour.blueF();
    return light > 0.5 ? Qt::black : Qt::white;
}

} // namespace

QSizeF pinLetterSize(const Pin& pin, const PlotTheme& theme) {
    const QFontMetricsF metrics(letterFont(theme));
    const double height = metrics.ascent() + 2.0 * theme.unit;
    return {std::max(height, metrics.horizontalAdvance(pin.letter) + 5.0 * theme.unit), height};
}

void drawPinLetter(QPainter& painter, const QPointF& corner, const Pin& pin,
                   const PlotTheme& theme) {
    if (pin.letter.isEmpty())
        return;
    const QRectF box(corner, pinLetterSize(pin, theme));
    const double unit = theme.unit;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(theme.background, unit)); // a seam, whatever lies below
    painter.setBrush(pin.colour);
    painter.drawRoundedRect(box.adjusted(-0.5 * unit, -0.5 * unit, 0.5 * unit, 0.5 * unit),
                            2.0 * unit, 2.0 * unit);
    painter.setFont(letterFont(theme));
    painter.setPen(inkOn(pin.colour));
    painter.drawText(box, Qt::AlignCenter | Qt::TextDontClip, pin.letter);
    painter.restore();
}

void drawPinLetterBeside(QPainter& painter, const QRectF& mark, const QRectF& room, const Pin& pin,
                         const PlotTheme& theme) {
    const double gap = 1.5 * theme.unit;
    QRectF box(QPointF(0.0, 0.0), pinLetterSize(pin, theme));
    // In a cell's own corner where that leaves room for its number: beside it lies another's.
    if (const auto inside = mark & room;
        inside.width() >= 3.0 * box.width() && inside.height() >= 1.2 * box.height()) {
        box.moveTopLeft(inside.topLeft() + QPointF(gap, gap));
        return drawPinLetter(painter, box.topLeft(), pin, theme);
    }
    box.moveBottomLeft(mark.topRight() + QPointF(gap, -gap));
    if (box.right() > room.right())
        box.moveRight(mark.left() - gap);
    if (box.top() < room.top())
        box.moveTop(mark.bottom() + gap);
    box.moveLeft(std::max(room.left(), box.left()));
    box.moveBottom(std::min(std::max(room.bottom(), room.top() + box.height()), box.bottom()));
    drawPinLetter(painter, box.topLeft(), pin, theme);
}

QPixmap pinPixmap(const Pin& pin, const QFont& font, double pixelRatio) {
    PlotTheme theme;
    theme.tickFont = font;
    theme.background = Qt::transparent;
    const auto size = pinLetterSize(pin, theme) + QSizeF(2.0, 2.0);
    QPixmap pixmap(static_cast<int>(std::ceil(size.width() * pixelRatio)),
                   static_cast<int>(std::ceil(size.height() * pixelRatio)));
    pixmap.setDevicePixelRatio(pixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    drawPinLetter(painter, {1.0, 1.0}, pin, theme);
    return pixmap;
}

} // namespace residuum

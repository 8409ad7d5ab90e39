// How a pin's letter is drawn, on screen and on paper alike.
#pragma once

#include "widgets/plots/pin.h"
#include "widgets/plots/plot_theme.h"

#include <QPainter>
#include <QPixmap>

namespace residuum {

/// How large a letter is with the box around it.
QSizeF pinLetterSize(const Pin& pin, const PlotTheme& theme);
/// The letter, in the pin's colour, with its box's left upper corner there.
void drawPinLetter(QPainter& painter, const QPointF& corner, const Pin& pin,
                   const PlotTheme& theme);
/// The letter beside `mark`: above it to the right, or where `room` has space.
void drawPinLetterBeside(QPainter& painter, const QRectF& mark, const QRectF& room, const Pin& pin,
                         const PlotTheme& theme);
/// The letter for lists and tables in this font.
QPixmap pinPixmap(const Pin& pin, const QFont& font, double pixelRatio);

} // namespace residuum

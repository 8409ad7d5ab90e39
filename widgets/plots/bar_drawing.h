// How a colour scale's legend is drawn, on screen and on paper alike.
#pragma once

#include "widgets/plots/colour_scale.h"
#include "widgets/plots/plot_theme.h"

#include <QPainter>

#include <optional>

namespace residuum {

/// Height of the point beyond an end that does not hold all values, in lines of the tick font.
inline constexpr double barCap = 0.4;

/// The bar in `bar`, lowest value at its bottom, with ticks and their numbers right of it; a number
/// that would touch the one at `marker` is left out. Beyond an end that values exceed there is a
/// point, and how many of them there are.
void drawColourBar(QPainter& painter, const QRectF& bar, const ColourScale& scale,
                   const PlotTheme& theme, std::optional<double> marker = std::nullopt);
/// Room that ticks and numbers take right of a bar of this size.
double colourBarTextWidth(const ColourScale& scale, const QSizeF& bar, const PlotTheme& theme);
/// Room that the point and its number take beyond an end; 0 where it holds all values.
double beyondRoom(const ColourScale& scale, bool upper, const PlotTheme& theme);

} // namespace residuum

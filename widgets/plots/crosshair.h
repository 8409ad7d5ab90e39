// Lines from what is hovered to the axes, so that one reads off where it stands.
#pragma once

#include "widgets/plots/plot_theme.h"

#include <QPainter>
#include <QRectF>

namespace residuum {

/// Thin lines through the middle of `at` (a cell, a mark) to the edges of `area`, and on the lower
/// and left edge what of them `at` takes. `at` itself stays free.
void drawCrosshair(QPainter& painter, const QRectF& area, const QRectF& at, const PlotTheme& theme);

} // namespace residuum

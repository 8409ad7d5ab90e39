// The names of a plot's marks, beside the data instead of on it. Internal to drawings.
#pragma once

#include "widgets/plots/plot_theme.h"

#include <QPainter>
#include <QPointF>
#include <QStringList>

#include <functional>
#include <vector>

namespace residuum {

/// Names in lines from the left, each after a square of a line's height for its mark.
struct LegendLayout {
    std::vector<QPointF> places; ///< of the squares' top left corners
    std::vector<double> lines;   ///< widths, of each line
    double height = 0.0;
};

/// In as many lines as `width` (in the theme's coordinates) needs.
LegendLayout layOutLegend(const QStringList& names, double width, const PlotTheme& theme);
/// Height of the room above a plot of `size` for a legend; 0: a small plot goes without, and on
/// paper it stands under the plots, once for all of them.
double legendHead(const QStringList& names, const QSizeF& size, const PlotTheme& theme);

/// Draws the mark of a name into a square.
using DrawLegendMark = std::function<void(std::size_t name, const QRectF& square)>;
/// At the top of `rect`, its lines in the middle.
void drawLegend(QPainter& painter, const QStringList& names, const QRectF& rect,
                const PlotTheme& theme, const DrawLegendMark& drawMark);

} // namespace residuum

// Colours and fonts of a plot, derived from the widget's palette and font.
#pragma once

#include <QColor>
#include <QFont>
#include <QFontMetricsF>
#include <QPalette>

namespace residuum {

/// Whether plots on this palette use their dark colours.
bool isDark(const QPalette& palette);
/// `share` of `over` on `under`, opaque.
QColor blended(const QColor& over, const QColor& under, double share);

struct PlotTheme {
    bool dark = false;
    QColor background; ///< around the plot
    QColor area;       ///< behind the data
    QColor ink;        ///< titles and whatever must be read first
    QColor quiet;      ///< tick labels, spines
    QColor grid;       ///< lines that one should be able to overlook
    QColor focus;      ///< keyboard focus
    QFont titleFont;
    QFont tickFont;
    double unit = 1.0; ///< a screen pixel (1/96 inch) in the coordinates that are drawn in
    bool crisp = true; ///< edges go to whole device pixels; false on paper

    static PlotTheme of(const QPalette& palette, const QFont& font);
    /// Black on white with text of `points` (tick labels a little smaller), in coordinates of
    /// which `perPoint` make a point (1/72 inch).
    static PlotTheme onPaper(const QString& family, double points, double perPoint);

    QFontMetricsF titleMetrics() const { return QFontMetricsF(titleFont); }
    QFontMetricsF tickMetrics() const { return QFontMetricsF(tickFont); }
};

} // namespace residuum

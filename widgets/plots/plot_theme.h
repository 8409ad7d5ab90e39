// Colours and fonts of a plot, derived from the widget's palette and font. Internal to plots/.
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

    static PlotTheme of(const QPalette& palette, const QFont& font);

    QFontMetricsF titleMetrics() const { return QFontMetricsF(titleFont); }
    QFontMetricsF tickMetrics() const { return QFontMetricsF(tickFont); }
};

} // namespace residuum

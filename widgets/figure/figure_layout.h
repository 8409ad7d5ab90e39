// Lays a figure out for a style and paints it: one drawing for the preview, PDF, SVG and PNG.
#pragma once

#include "widgets/figure/figure.h"
#include "widgets/figure/figure_style.h"
#include "widgets/plots/plot_theme.h"

#include <QPainter>
#include <QSizeF>

namespace residuum {

/// Coordinates are twentieths of a point: fine enough that fonts and edges, which Qt wants as whole
/// numbers of them, need no rounding one could see.
inline constexpr double unitsPerPoint = 20.0;

/// Needs a QGuiApplication (for fonts), but no display.
class FigureLayout {
  public:
    FigureLayout(const Figure& figure, const FigureStyle& style);

    /// In units; the width is the style's exactly, the height a whole number of points.
    QSizeF size() const { return size_; }
    /// Paints on white, in units.
    void paint(QPainter& painter) const;

    /// Where a panel's plot stands (axes included), and its title, in units, for tests.
    QRectF plotRect(std::size_t panel) const { return panels_.at(panel).plot; }

  private:
    struct Placed {
        QRectF title, subtitle, plot;
        double notesTop = 0.0;
        QStringList notes;  ///< wrapped
        QStringList titles; ///< lines, with the panel's letter
    };

    bool isTable(std::size_t panel) const;
    double leastWidth() const;
    int columnsFor(double width) const;
    double barWidth() const;
    QStringList titleLines(std::size_t panel, double width) const;
    double headHeight(std::size_t panel, double width) const;
    double plotHeight(const FigurePanel& panel, double width) const;
    void place();
    void stretchTo(double height);
    const ColourScale* sharedScale() const;
    struct LegendEntry {
        QString name;
        int group = 0;
        bool hollow = false, isSeries = false, isCell = false;
    };
    std::vector<LegendEntry> legendEntries() const;
    QStringList legendNames() const;
    QString barLabel() const;

    void paintPanel(QPainter& painter, std::size_t panel) const;
    void paintBar(QPainter& painter) const;
    void paintLegend(QPainter& painter) const;

    Figure figure_; ///< with the style's palette and number of rows
    FigureStyle style_;
    PlotTheme theme_;
    QSizeF size_;
    std::vector<Placed> panels_;
    QStringList barLabel_; ///< wrapped
    QRectF legend_;        ///< of scatters' groups, charts' series, cells' marks; under the plots
    QRectF bar_;           ///< of the shared colour scale; null: there is none
};

} // namespace residuum

// A figure as data: what is plotted, how it is labelled, where it comes from. Plain data; every
// view becomes one, and every way out (screen, PDF, SVG, PNG, CSV, LaTeX) starts from one.
#pragma once

#include "analysis/question/provenance.h"
#include "widgets/plots/chart_data.h"
#include "widgets/plots/graph_data.h"
#include "widgets/plots/heatmap_drawing.h"
#include "widgets/plots/pin.h"
#include "widgets/plots/scatter_data.h"
#include "widgets/plots/token_strip_data.h"

#include <QString>
#include <QStringList>

#include <variant>
#include <vector>

namespace residuum {

struct HeatmapFigure {
    HeatmapData data;
    std::vector<Pin> pins;
};

struct ScatterFigure {
    ScatterData data;
    double limit = 1.0; ///< both axes show -limit … limit
    std::vector<Pin> pins;
};

struct ChartFigure {
    ChartData data;
    AxisRange range; ///< of the y axis
    std::vector<Pin> pins;
};

struct TokenStripFigure {
    TokenStrips strips;
    std::vector<Pin> pins;
};

struct GraphFigure {
    GraphData data;
    std::vector<Pin> pins;
};

/// Numbers in rows; columns in groups, one group per model.
struct TableFigure {
    struct Column {
        QString group; ///< e.g. the model, over its columns
        QString title; ///< with LN treatment
        QString unit;
        std::vector<double> values;   ///< one per row; NaN: none
        bool isError = false;         ///< shown with one digit
        QString meaning{};            ///< the title in full; empty: the title
        std::vector<double> bounds{}; ///< of values that are estimates; NaN: it is exact
    };
    QString rowTitle;
    QStringList rows;
    std::vector<Thing> things; ///< what the rows are about; empty: nothing to hover or pin
    std::vector<Column> columns;
};

using FigureContent = std::variant<HeatmapFigure, ScatterFigure, ChartFigure, TokenStripFigure,
                                   GraphFigure, TableFigure>;

/// One model's part of a figure, or a table over all of them.
struct FigurePanel {
    QString title;     ///< e.g. the model's name
    QString subtitle;  ///< e.g. its normalisation
    QStringList notes; ///< lines under the plot, e.g. "NMAE 8.82 %"
    FigureContent content;
    QString what{};        ///< which part of the view it shows, where that has several
    QStringList remarks{}; ///< beside it on the screen only
    QStringList key{};     ///< its numbers in what the screen says of all panels
};

struct Figure {
    QString view;     ///< what is shown, as named on the command line, e.g. "error"
    QString title;    ///< one line, for the file's metadata
    QString quantity; ///< what colours mean, with LN treatment; beside the colour bar
    QString caption;  ///< of the LaTeX snippet: sentences
    std::vector<FigurePanel> panels;
    int columns = 0; ///< panels in a row; 0: as many as stay readable
    Provenance provenance;
};

} // namespace residuum

// How a table is drawn in a figure.
#pragma once

#include "widgets/figure/figure.h"
#include "widgets/plots/plot_theme.h"

#include <QPainter>
#include <QRectF>

namespace residuum {

/// What a table shows of a number; "–" for none.
QString numberText(const TableFigure::Column& column, int row);
/// Leaves the first `rows` rows.
void cutRows(TableFigure& table, int rows);
double tableHeight(const TableFigure& table, const PlotTheme& theme);
/// Rules above, below and under the head, as tables in papers have them.
void paintTable(QPainter& painter, const TableFigure& table, const QRectF& rect,
                const PlotTheme& theme);

} // namespace residuum

// A figure that is laid out, painted.
#include "widgets/figure/figure_cases.h"
#include "widgets/figure/figure_layout.h"
#include "widgets/figure/figure_table.h"
#include "widgets/plots/bar_drawing.h"
#include "widgets/plots/chart_drawing.h"
#include "widgets/plots/graph_drawing.h"
#include "widgets/plots/legend.h"
#include "widgets/plots/pin_mark.h"
#include "widgets/plots/plot_frame.h"
#include "widgets/plots/scatter_drawing.h"
#include "widgets/plots/token_strip_drawing.h"
#include "widgets/text/eliding.h"

#include <algorithm>
#include <cmath>

namespace residuum {

void FigureLayout::paint(QPainter& painter) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::TextAntialiasing);
    painter.fillRect(QRectF(QPointF(0, 0), size_), theme_.background);
    for (std::size_t i = 0; i < panels_.size(); ++i)
        paintPanel(painter, i);
    if (!bar_.isNull())
        paintBar(painter);
    if (!legend_.isNull())
        paintLegend(painter);
    painter.restore();
}

void FigureLayout::paintPanel(QPainter& painter, std::size_t index) const {
    const auto& panel = figure_.panels[index];
    const auto& placed = panels_[index];
    painter.setPen(theme_.ink);
    painter.setFont(bold(theme_.titleFont));
    painter.drawText(placed.title, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip,
                     placed.titles.join(QLatin1Char('\n')));
    painter.setPen(theme_.quiet);
    painter.setFont(theme_.tickFont);
    painter.drawText(placed.subtitle, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip,
                     elided(theme_.tickMetrics(), panel.subtitle, placed.subtitle.width()));
    const double small = theme_.tickMetrics().height();
    for (int n = 0; n < placed.notes.size(); ++n)
        painter.drawText(
            QRectF(placed.plot.left(), placed.notesTop + n * small, placed.plot.width(), small),
            Qt::AlignHCenter | Qt::AlignVCenter | Qt::TextDontClip, placed.notes[n]);
    painter.save();
    painter.translate(placed.plot.topLeft());
    const QSizeF size = placed.plot.size();
    std::visit(
        Overloaded{[&](const HeatmapFigure& heatmap) {
                       const auto frame = heatmapFrame(heatmap.data.grid, size, theme_);
                       drawCells(painter, heatmap.data, frame, theme_);
                       drawFrame(painter, frame, theme_);
                       painter.setRenderHint(QPainter::Antialiasing);
                       for (const auto& cell : heatmap.data.grid.cells)
                           for (const auto& pin : heatmap.pins)
                               if (pin.thing == cell.thing)
                                   outlineCell(painter, cellRect(frame, cell), theme_, pin.colour,
                                               1.5, 0.0);
                       for (const auto& cell : heatmap.data.grid.cells)
                           for (const auto& pin : heatmap.pins)
                               if (pin.thing == cell.thing)
                                   drawPinLetterBeside(painter, cellRect(frame, cell), frame.area,
                                                       pin, theme_);
                   },
                   [&](const ScatterFigure& scatter) {
                       const auto frame = scatterFrame(scatter.data, scatter.limit, size, theme_);
                       drawScatter(painter, scatter.data, frame, theme_);
                       const double radius = markerRadius(scatter.data, frame, theme_);
                       for (const auto& point : scatter.data.points)
                           for (const auto& pin : scatter.pins)
                               if (const auto at = placeOf(scatter.data, point, frame);
                                   at && pin.thing == point.thing) {
                                   drawRing(painter, *at, point.group, radius, theme_, pin.colour,
                                            1.5, 2.0);
                                   drawPinLetterBeside(painter, ringRect(*at, radius, theme_, 2.0),
                                                       frame.area, pin, theme_);
                               }
                   },
                   [&](const ChartFigure& chart) {
                       const auto frame = chartFrame(chart.data, chart.range, size, theme_);
                       drawChart(painter, chart.data, frame, theme_);
                       painter.setRenderHint(QPainter::Antialiasing);
                       const auto& things = chart.data.things();
                       for (std::size_t i = 0; i < things.size(); ++i)
                           for (const auto& pin : chart.pins)
                               if (pin.thing == things[i].thing)
                                   drawCategoryPin(painter, chart.data, frame, i, pin, theme_);
                   },
                   [&](const TokenStripFigure& tokens) {
                       drawTokenStrips(painter, tokens.strips,
                                       layOutTokenStrips(tokens.strips, size.width(), theme_),
                                       theme_, tokens.pins);
                   },
                   [&](const GraphFigure& graph) {
                       const auto layout = layOutGraph(graph.data, size, theme_);
                       drawGraph(painter, graph.data, layout, theme_);
                       for (const auto& pin : graph.pins)
                           drawGraphPin(painter, graph.data, layout, pin, theme_);
                   },
                   [&](const TableFigure& table) {
                       paintTable(painter, table, QRectF(QPointF(0, 0), size), theme_);
                   }},
        panel.content);
    painter.restore();
}

void FigureLayout::paintBar(QPainter& painter) const {
    const auto& scale = *sharedScale();
    drawColourBar(painter, bar_, scale, theme_);
    const auto lines = barLabel_.isEmpty() ? QStringList{barLabel()} : barLabel_;
    const double height = theme_.titleMetrics().height();
    const double left = bar_.right() + colourBarTextWidth(scale, bar_.size(), theme_);
    double length = 0.0;
    for (const auto& line : lines)
        length = std::max(length, theme_.titleMetrics().horizontalAdvance(line) + 1.0);
    // Beside the bar's middle, but inside the page.
    const double centre = std::clamp(bar_.center().y(), length / 2.0,
                                     std::max(length / 2.0, size_.height() - length / 2.0));
    painter.save();
    painter.setFont(theme_.titleFont);
    painter.setPen(theme_.ink);
    painter.translate(left + 0.4 * height, centre);
    painter.rotate(-90.0);
    for (int i = 0; i < lines.size(); ++i)
        painter.drawText(QRectF(-length / 2.0, i * height, length, height),
                         Qt::AlignCenter | Qt::TextDontClip, lines[i]);
    painter.restore();
}

void FigureLayout::paintLegend(QPainter& painter) const {
    const auto entries = legendEntries();
    const double line = theme_.tickMetrics().height();
    drawLegend(
        painter, legendNames(), legend_, theme_, [&](std::size_t place, const QRectF& square) {
            const auto& entry = entries[place];
            if (entry.isCell) {
                const auto cell = square.adjusted(0.1 * line, 0.1 * line, -0.1 * line, -0.1 * line);
                painter.setPen(QPen(theme_.quiet, 0.5 * theme_.unit));
                painter.setBrush(Qt::NoBrush);
                painter.drawRect(cell);
                markUncertain(painter, cell, theme_.background, theme_);
                return;
            }
            if (!entry.isSeries) {
                drawMarker(painter, square.center(), entry.group, 0.25 * line, theme_);
                return;
            }
            auto colour = groupColour(entry.group, false);
            painter.setPen(QPen(colour, theme_.unit));
            colour.setAlphaF(entry.hollow ? 0.0F : 0.45F);
            painter.setBrush(colour);
            painter.drawRect(square.adjusted(0.2 * line, 0.2 * line, -0.2 * line, -0.2 * line));
        });
}

} // namespace residuum

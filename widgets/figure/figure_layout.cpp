#include "widgets/figure/figure_layout.h"

#include "widgets/figure/figure_cases.h"
#include "widgets/figure/figure_characters.h"
#include "widgets/figure/figure_table.h"
#include "widgets/plots/bar_drawing.h"
#include "widgets/plots/chart_drawing.h"
#include "widgets/plots/chart_rows.h"
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

namespace {

/// `text` cut into lines that fit; a word that is too long keeps its line to itself.
QStringList wrapped(const QString& text, double width, const QFontMetricsF& metrics) {
    QStringList lines;
    QString line;
    for (const auto& word : text.split(QLatin1Char(' '))) {
        const auto longer = line.isEmpty() ? word : line + QLatin1Char(' ') + word;
        if (!line.isEmpty() && metrics.horizontalAdvance(longer) > width) {
            lines << line;
            line = word;
        } else {
            line = longer;
        }
    }
    return lines << line;
}

double wholePoints(double units) {
    return std::ceil(units / unitsPerPoint - 1e-9) * unitsPerPoint;
}

} // namespace

FigureLayout::FigureLayout(const Figure& figure, const FigureStyle& style)
    : figure_(withVisibleControls(figure)), style_(style),
      theme_(PlotTheme::onPaper(fontFamily(style.serif), style.fontSize, unitsPerPoint)) {
    for (auto& panel : figure_.panels) {
        if (auto* heatmap = std::get_if<HeatmapFigure>(&panel.content))
            heatmap->data.scale.palette = style.palette;
        if (auto* tokens = std::get_if<TokenStripFigure>(&panel.content))
            tokens->strips.scale.palette = style.palette;
        if (auto* table = std::get_if<TableFigure>(&panel.content))
            cutRows(*table, style.tableRows);
    }
    place();
    // How many lines the bar's label takes follows from the height, and the plots' width from that.
    if (const auto lines = wrapped(barLabel(), size_.height(), theme_.titleMetrics());
        sharedScale() != nullptr && lines.size() > 1) {
        barLabel_ = lines;
        place();
    }
}

bool FigureLayout::isTable(std::size_t panel) const {
    return std::holds_alternative<TableFigure>(figure_.panels[panel].content);
}

const ColourScale* FigureLayout::sharedScale() const {
    for (const auto& panel : figure_.panels) {
        if (const auto* heatmap = std::get_if<HeatmapFigure>(&panel.content))
            return &heatmap->data.scale;
        if (const auto* tokens = std::get_if<TokenStripFigure>(&panel.content))
            return &tokens->strips.scale;
    }
    return nullptr;
}

/// Names and marks under the plots: scatters' groups, boxes' series and cells' marks, else curves'.
std::vector<FigureLayout::LegendEntry> FigureLayout::legendEntries() const {
    std::vector<LegendEntry> entries, curves;
    const auto add = [](std::vector<LegendEntry>& list, const LegendEntry& entry) {
        const bool there = std::any_of(list.begin(), list.end(), [&](const LegendEntry& other) {
            return other.name == entry.name;
        });
        if (!there)
            list.push_back(entry);
    };
    for (const auto& panel : figure_.panels) {
        if (const auto* heatmap = std::get_if<HeatmapFigure>(&panel.content);
            heatmap != nullptr && heatmap->data.means != nullptr)
            add(entries, {heatmap->data.means->legend, 0, false, false, true});
        if (const auto* scatter = std::get_if<ScatterFigure>(&panel.content))
            for (std::size_t i = 0; i < scatter->data.groups.size(); ++i)
                add(entries, {scatter->data.groups[i], static_cast<int>(i), false, false});
        if (const auto* chart = std::get_if<ChartFigure>(&panel.content))
            for (const auto& series : chart->data.series)
                add(chart->data.categories.empty() ? curves : entries,
                    {series.name, series.group, series.hollow, !chart->data.hasRows()});
    }
    return entries.empty() ? curves : entries;
}

QStringList FigureLayout::legendNames() const {
    QStringList names;
    for (const auto& entry : legendEntries())
        names << entry.name;
    return names;
}

QString FigureLayout::barLabel() const {
    const auto* scale = sharedScale();
    if (scale == nullptr)
        return figure_.quantity;
    const auto end = endKind(*scale);
    return figure_.quantity +
           (scale->unit.isEmpty() ? QString() : QStringLiteral(" [%1]").arg(scale->unit)) +
           (end.isEmpty() ? QString() : QStringLiteral(", %1 limit").arg(end));
}

double FigureLayout::barWidth() const {
    const auto* scale = sharedScale();
    if (scale == nullptr)
        return 0.0;
    const double line = theme_.tickMetrics().height();
    return 0.5 * line + 0.8 * line + colourBarTextWidth(*scale, {0.8 * line, 20.0 * line}, theme_) +
           (0.6 + static_cast<double>(std::max<qsizetype>(1, barLabel_.size()))) *
               theme_.titleMetrics().height();
}

/// In which a panel's labels stay readable: a box for each category needs its own.
double FigureLayout::leastWidth() const {
    double most = 10.0;
    for (const auto& panel : figure_.panels)
        if (const auto* chart = std::get_if<ChartFigure>(&panel.content);
            chart && !chart->data.hasRows())
            most = std::max(most, 5.0 + 2.2 * static_cast<double>(chart->data.categories.size()));
    return most * style_.fontSize * unitsPerPoint;
}

/// As many side by side as keep their labels readable.
int FigureLayout::columnsFor(double width) const {
    const auto count = static_cast<int>(figure_.panels.size());
    if (count == 0 || isTable(0))
        return 1;
    if (figure_.columns > 0)
        return std::min(figure_.columns, count);
    const int most = std::clamp(static_cast<int>(width / leastWidth()), 1, count);
    const int rows = (count + most - 1) / most;
    return (count + rows - 1) / rows; // no row much shorter than the others
}

/// A title that is too long takes a second line.
QStringList FigureLayout::titleLines(std::size_t panel, double width) const {
    const QFontMetricsF metrics(bold(theme_.titleFont));
    auto title = figure_.panels[panel].title;
    if (style_.letters && figure_.panels.size() > 1)
        title.prepend(QStringLiteral("(%1) ").arg(QChar(u'a' + static_cast<char16_t>(panel))));
    auto lines = wrapped(title, width, metrics);
    if (lines.size() > 2)
        lines = {lines.front(), lines.mid(1).join(QLatin1Char(' '))};
    for (auto& line : lines)
        line = elided(metrics, line, width);
    return lines;
}

double FigureLayout::headHeight(std::size_t panel, double width) const {
    const double line = theme_.titleMetrics().height();
    const auto& shown = figure_.panels[panel];
    return (shown.title.isEmpty() ? 0.0
                                  : line * static_cast<double>(titleLines(panel, width).size())) +
           (shown.subtitle.isEmpty() ? 0.0 : theme_.tickMetrics().height()) + 0.2 * line;
}

double FigureLayout::plotHeight(const FigurePanel& panel, double width) const {
    const double line = theme_.tickMetrics().height();
    return std::visit(
        Overloaded{[&](const HeatmapFigure& heatmap) {
                       // Rows high enough for their labels where that does not make a
                       // tower.
                       const auto& grid = heatmap.data.grid;
                       const double wanted =
                           (grid.rows - 0.5 * grid.halfRows) * 1.15 * line + 4.0 * line;
                       return std::clamp(wanted, 0.6 * width, 1.25 * width) +
                              turnedLength(grid.columnTicks, theme_);
                   },
                   [&](const ScatterFigure&) { return width; },
                   [&](const ChartFigure& chart) {
                       return chart.data.hasRows() ? rowsHeight(chart.data, width, theme_)
                              : chart.data.stops.empty()
                                  ? 0.8 * width
                                  : std::min(0.8 * width, 22.0 * line); // a wide one is flat
                   },
                   [&](const TokenStripFigure& tokens) {
                       return layOutTokenStrips(tokens.strips, width, theme_).height;
                   },
                   [&](const GraphFigure& graph) { return graphHeight(graph.data, width, theme_); },
                   [&](const TableFigure& table) { return tableHeight(table, theme_); }},
        panel.content);
}

void FigureLayout::place() {
    const double width = style_.width * unitsPerPoint;
    const double line = theme_.titleMetrics().height();
    const double small = theme_.tickMetrics().height();
    const double gap = 0.8 * line;
    const double bar = barWidth();
    const double room = width - (bar > 0.0 ? bar + 0.3 * line : 0.0);
    const int columns = columnsFor(room);
    const double panelWidth = (room - gap * (columns - 1)) / columns;
    panels_.assign(figure_.panels.size(), {});
    double top = 0.0;
    for (std::size_t first = 0; first < panels_.size();
         first += static_cast<std::size_t>(columns)) {
        const auto last = std::min(panels_.size(), first + static_cast<std::size_t>(columns));
        double head = 0.0, plot = 0.0, notes = 0.0;
        for (auto i = first; i < last; ++i) {
            head = std::max(head, headHeight(i, panelWidth));
            plot = std::max(plot, plotHeight(figure_.panels[i], panelWidth));
            for (const auto& note : figure_.panels[i].notes)
                panels_[i].notes += wrapped(note, panelWidth, theme_.tickMetrics());
            notes = std::max(notes, small * static_cast<double>(panels_[i].notes.size()));
        }
        for (auto i = first; i < last; ++i) {
            auto& placed = panels_[i];
            const double left = static_cast<double>(i - first) * (panelWidth + gap);
            placed.titles = titleLines(i, panelWidth);
            const double titles = line * static_cast<double>(placed.titles.size());
            placed.title = QRectF(left, top, panelWidth, titles);
            placed.subtitle = QRectF(left, top + titles, panelWidth, small);
            placed.plot = QRectF(left, top + head, panelWidth, plot);
            placed.notesTop = top + head + plot + 0.15 * line;
        }
        top += head + plot + (notes > 0.0 ? notes + 0.25 * line : 0.0) +
               (last < panels_.size() ? gap : 0.0);
    }
    const auto names = legendNames();
    const double legend = layOutLegend(names, width, theme_).height;
    size_ = QSizeF(width, wholePoints(top + (legend > 0.0 ? legend + 0.5 * small : 0.0)));
    if (style_.height)
        stretchTo(wholePoints(*style_.height * unitsPerPoint));
    if (legend > 0.0)
        legend_ = QRectF(0.0, size_.height() - 0.3 * small - legend, width, legend);
    if (bar > 0.0) {
        const auto& plot = panels_.front().plot;
        const double above = beyondRoom(*sharedScale(), true, theme_);
        bar_ = QRectF(room + 0.3 * line + 0.5 * small, plot.top() + 0.4 * small + above,
                      0.8 * small, std::max(4.0 * small, plot.height() - 3.4 * small - above));
    }
}

/// The plots take what the wished-for height gives or lacks.
void FigureLayout::stretchTo(double height) {
    double plots = 0.0;
    double lastTop = -1.0;
    int rows = 0;
    for (const auto& placed : panels_)
        if (placed.plot.top() > lastTop) {
            plots += placed.plot.height();
            lastTop = placed.plot.top();
            ++rows;
        }
    const double least = 6.0 * theme_.tickMetrics().height();
    const double factor = std::max((plots + height - size_.height()) / plots, rows * least / plots);
    double shift = 0.0;
    double rowTop = -1.0;
    double grown = 0.0;
    for (auto& placed : panels_) {
        if (placed.plot.top() > rowTop) {
            rowTop = placed.plot.top();
            shift += grown;
            grown = placed.plot.height() * (factor - 1.0);
        }
        placed.title.translate(0.0, shift);
        placed.subtitle.translate(0.0, shift);
        placed.plot = QRectF(placed.plot.left(), placed.plot.top() + shift, placed.plot.width(),
                             placed.plot.height() * factor);
        placed.notesTop += shift + grown;
    }
    size_.setHeight(wholePoints(size_.height() + plots * (factor - 1.0)));
}

} // namespace residuum

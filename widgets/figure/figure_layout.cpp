#include "widgets/figure/figure_layout.h"

#include "widgets/figure/figure_characters.h"
#include "widgets/figure/figure_table.h"
#include "widgets/plots/bar_drawing.h"
#include "widgets/plots/chart_drawing.h"
#include "widgets/plots/chart_rows.h"
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

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

QFont bold(QFont font) {
    font.setBold(true);
    return font;
}

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

/// As many side by side as keep their labels readable.
int FigureLayout::columnsFor(double width) const {
    const auto count = static_cast<int>(figure_.panels.size());
    if (count == 0 || isTable(0))
        return 1;
    if (figure_.columns > 0)
        return std::min(figure_.columns, count);
    const double least = 10.0 * style_.fontSize * unitsPerPoint;
    const int most = std::clamp(static_cast<int>(width / least), 1, count);
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

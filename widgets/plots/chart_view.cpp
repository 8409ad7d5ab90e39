#include "widgets/plots/chart_view.h"

#include "widgets/plots/chart_drawing.h"
#include "widgets/plots/chart_rows.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/crosshair.h"
#include "widgets/plots/qcustomplot_shim.h"

#include <cmath>

namespace residuum {

ChartView::ChartView(QWidget* parent) : FramedView(tr("Chart"), parent) {
    const QFontMetrics metrics = fontMetrics();
    setMinimumSize(9 * metrics.height(), 7 * metrics.height());
}

void ChartView::setData(const ChartData& data, const AxisRange& range) {
    data_ = data;
    range_ = range;
    const QFontMetrics metrics = fontMetrics();
    const double least =
        data_.hasRows() ? rowsHeight(data_, width(), theme()) : 7.0 * metrics.height();
    setMinimumHeight(static_cast<int>(std::ceil(least)));
    contentChanged();
}

PlotFrame ChartView::layOut(const QSizeF& size) const {
    return chartFrame(data_, range_, size, theme());
}

std::optional<std::size_t> ChartView::categoryOf(const Thing& thing) const {
    const auto& things = data_.things();
    for (std::size_t i = 0; i < things.size(); ++i)
        if (things[i].thing == thing)
            return i;
    return std::nullopt;
}

std::optional<Thing> ChartView::thingAt(const QPoint& point) const {
    const auto& things = data_.things();
    for (std::size_t i = 0; i < things.size(); ++i)
        if (things[i].thing && categoryRect(data_, frame(), i).contains(point))
            return things[i].thing;
    return std::nullopt;
}

QPoint ChartView::centreOf(const Thing& thing) const {
    const auto category = categoryOf(thing);
    return category ? categoryRect(data_, frame(), *category).center().toPoint() : QPoint();
}

std::optional<Thing> ChartView::neighbour(const std::optional<Thing>& from, int dx, int dy) const {
    const auto& things = data_.things();
    const auto at = from ? categoryOf(*from) : std::nullopt;
    const auto next = at ? static_cast<std::ptrdiff_t>(*at) + (data_.hasRows() ? dy : dx) : 0;
    return next < 0 || next >= static_cast<std::ptrdiff_t>(things.size())
               ? std::nullopt
               : things[static_cast<std::size_t>(next)].thing;
}

QString ChartView::describe(const Thing& thing) const {
    const auto category = categoryOf(thing);
    if (!category)
        return {};
    const auto& named = data_.things()[*category];
    auto text =
        named.name.isEmpty() ? named.label : QStringLiteral("%1 (%2)").arg(named.label, named.name);
    for (const auto& series : data_.series) {
        if (*category < series.boxes.size() && series.boxes[*category])
            text += QStringLiteral(" · %1: mean %2, median %3")
                        .arg(series.name, threeDigits(series.boxes[*category]->mean),
                             threeDigits(series.boxes[*category]->median));
        if (*category < series.marks.size() && !std::isnan(series.marks[*category].filled))
            text += data_.hollow.isEmpty()
                        ? QStringLiteral(" · %1: %2")
                              .arg(series.name, threeDigits(series.marks[*category].filled))
                        : QStringLiteral(" · %1: ● %2, ○ %3")
                              .arg(series.name, threeDigits(series.marks[*category].filled),
                                   threeDigits(series.marks[*category].hollow));
        if (const auto more = series.remarks.value(static_cast<qsizetype>(*category));
            !more.isEmpty())
            text += QStringLiteral(" (%1)").arg(more);
        for (const auto& point : series.curve)
            if (!data_.stops.empty() && point.x() == static_cast<double>(*category))
                text += QStringLiteral(" · %1%2: %3")
                            .arg(series.name, series.hollow ? QStringLiteral(" (- -)") : QString(),
                                 threeDigits(point.y()));
    }
    return text;
}

void ChartView::drawContent(QCPPainter& painter, const PlotFrame& frame) const {
    drawChart(painter, data_, frame, theme(), isStale() ? 0.35 : 1.0);
}

/// At what the curves have there.
void ChartView::drawCrosshairs(QCPPainter& painter, const PlotFrame& frame,
                               std::size_t stop) const {
    for (const auto& series : data_.series)
        for (const auto& point : series.curve)
            if (!data_.stops.empty() && point.x() == static_cast<double>(stop))
                drawCrosshair(painter, frame.area,
                              {QPointF(frame.toX(point.x()), frame.toY(point.y())), QSizeF()},
                              theme());
}

void ChartView::drawMarks(QCPPainter& painter, const PlotFrame& frame) const {
    for (const auto& pin : pins())
        if (const auto category = categoryOf(pin.thing))
            drawCategoryPin(painter, data_, frame, *category, pin, theme());
    if (const auto& hovered = hoveredThing())
        if (const auto category = categoryOf(*hovered)) {
            drawCategoryMark(painter, data_, frame, *category, theme().ink, theme());
            drawCrosshairs(painter, frame, *category);
        }
}

} // namespace residuum

#include "widgets/plots/chart_view.h"

#include "widgets/plots/chart_drawing.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/plots/qcustomplot_shim.h"

namespace residuum {

ChartView::ChartView(QWidget* parent) : FramedView(tr("Chart"), parent) {
    const QFontMetrics metrics = fontMetrics();
    setMinimumSize(9 * metrics.height(), 7 * metrics.height());
}

void ChartView::setData(const ChartData& data, const AxisRange& range) {
    data_ = data;
    range_ = range;
    contentChanged();
}

PlotFrame ChartView::layOut(const QSizeF& size) const {
    return chartFrame(data_, range_, size, theme());
}

std::optional<std::size_t> ChartView::categoryOf(const Thing& thing) const {
    for (std::size_t i = 0; i < data_.categories.size(); ++i)
        if (data_.categories[i].thing == thing)
            return i;
    return std::nullopt;
}

std::optional<Thing> ChartView::thingAt(const QPoint& point) const {
    for (std::size_t i = 0; i < data_.categories.size(); ++i)
        if (data_.categories[i].thing && categoryRect(frame(), i).contains(point))
            return data_.categories[i].thing;
    return std::nullopt;
}

QPoint ChartView::centreOf(const Thing& thing) const {
    const auto category = categoryOf(thing);
    return category ? categoryRect(frame(), *category).center().toPoint() : QPoint();
}

std::optional<Thing> ChartView::neighbour(const std::optional<Thing>& from, int dx, int) const {
    const auto at = from ? categoryOf(*from) : std::nullopt;
    const auto next = at ? static_cast<std::ptrdiff_t>(*at) + dx : 0;
    return next < 0 || next >= static_cast<std::ptrdiff_t>(data_.categories.size())
               ? std::nullopt
               : data_.categories[static_cast<std::size_t>(next)].thing;
}

QString ChartView::describe(const Thing& thing) const {
    const auto category = categoryOf(thing);
    if (!category)
        return {};
    auto text = data_.categories[*category].label;
    for (const auto& series : data_.series)
        if (*category < series.boxes.size() && series.boxes[*category])
            text += QStringLiteral(" · %1: mean %2, median %3")
                        .arg(series.name, threeDigits(series.boxes[*category]->mean),
                             threeDigits(series.boxes[*category]->median));
    return text;
}

void ChartView::drawContent(QCPPainter& painter, const PlotFrame& frame) const {
    drawChart(painter, data_, frame, theme(), isStale() ? 0.35 : 1.0);
}

void ChartView::drawMarks(QCPPainter& painter, const PlotFrame& frame) const {
    for (const auto& pin : pins())
        if (const auto category = categoryOf(pin.thing))
            drawCategoryPin(painter, frame, *category, pin, theme());
    if (const auto& hovered = hoveredThing())
        if (const auto category = categoryOf(*hovered))
            drawCategoryMark(painter, frame, *category, theme().ink, theme());
}

} // namespace residuum

#include "widgets/plots/graph_view.h"

#include "widgets/plots/plot_frame.h"

#include <QPainter>

namespace residuum {

namespace {

constexpr double margin = 4.0;
constexpr double reach = 5.0; ///< pixels within which an edge is under the pointer

} // namespace

GraphView::GraphView(QWidget* parent) : PlotView(tr("Graph of edges"), parent) {
    setToolTip(tr("Point at a line or a name for its values, click to pin it. Arrow keys go from "
                  "edge to edge, the largest first, Space pins."));
    const QFontMetrics metrics = fontMetrics();
    setMinimumSize(9 * metrics.height(), 8 * metrics.height());
}

void GraphView::setData(const GraphData& data) {
    data_ = data;
    contentChanged();
}

void GraphView::redraw() {
    layout_ = layOutGraph(data_, QSizeF(size()) - QSizeF(2.0 * margin, 2.0 * margin), theme());
    update();
}

std::optional<Thing> GraphView::thingAt(const QPoint& point) const {
    const auto place = layout_.at(point - QPointF(margin, margin), reach);
    if (!place)
        return std::nullopt;
    return *place < data_.edges.size() ? std::optional(data_.edges[*place].thing)
                                       : data_.nodes[*place - data_.edges.size()].thing;
}

QPoint GraphView::centreOf(const Thing& thing) const {
    const auto inside = [](const QPointF& at) { return (at + QPointF(margin, margin)).toPoint(); };
    for (std::size_t i = 0; i < data_.edges.size(); ++i)
        if (data_.edges[i].thing == thing)
            return inside(layout_.edges[i].pointAtPercent(0.5));
    for (std::size_t i = 0; i < data_.nodes.size(); ++i)
        if (data_.nodes[i].thing == thing && !layout_.nodes[i].isNull())
            return inside(layout_.nodes[i].center());
    return {};
}

std::optional<Thing> GraphView::neighbour(const std::optional<Thing>& from, int dx, int dy) const {
    const auto count = static_cast<std::ptrdiff_t>(data_.edges.size());
    std::ptrdiff_t next = 0;
    for (std::ptrdiff_t i = 0; i < count; ++i)
        if (from == data_.edges[static_cast<std::size_t>(i)].thing)
            next = i + (dx != 0 ? dx : dy);
    return next < 0 || next >= count
               ? std::nullopt
               : std::optional(data_.edges[static_cast<std::size_t>(next)].thing);
}

QString GraphView::describe(const Thing& thing) const {
    for (const auto& edge : data_.edges)
        if (edge.thing == thing)
            return graphEdgeText(edge, data_.unit);
    for (std::size_t i = 0; i < data_.nodes.size(); ++i) {
        if (data_.nodes[i].thing != thing)
            continue;
        int in = 0, out = 0;
        for (const auto& edge : data_.edges) {
            in += edge.to == i ? 1 : 0;
            out += edge.from == i ? 1 : 0;
        }
        return tr("%1: %2 of the edges shown lead to it, %3 from it")
            .arg(data_.nodes[i].label)
            .arg(in)
            .arg(out);
    }
    return {};
}

void GraphView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme().background);
    if (data_.empty()) {
        drawSentence(painter, rect(), theme(), emptyText());
        return;
    }
    painter.translate(margin, margin);
    drawGraph(painter, data_, layout_, theme(), isStale() ? 0.35 : 1.0);
    for (const auto& pin : pins())
        drawGraphPin(painter, data_, layout_, pin, theme());
    if (const auto& hovered = hoveredThing())
        drawGraphMark(painter, data_, layout_, *hovered, theme().ink, theme());
    if (showsFocus()) {
        painter.setPen(QPen(theme().focus, 1.0));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(
            QRectF(rect()).adjusted(-margin + 0.5, -margin + 0.5, -margin - 1.0, -margin - 1.0));
    }
}

} // namespace residuum

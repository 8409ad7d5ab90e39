// How a graph is laid out and drawn, on screen and on paper alike.
#pragma once

#include "widgets/plots/graph_data.h"
#include "widgets/plots/pin.h"
#include "widgets/plots/plot_theme.h"

#include <QPainter>
#include <QPainterPath>
#include <QRectF>

#include <optional>
#include <vector>

namespace residuum {

struct GraphLayout {
    struct Name {
        QRectF rect;
        QString text;
    };
    std::vector<QRectF> nodes;       ///< null: not shown
    std::vector<QPainterPath> edges; ///< as the data's
    std::vector<Name> levels;        ///< at the left edge
    bool isNamed = true;             ///< false: there is no room for names, so nodes are dots

    /// The edge or node under a point, within `reach` of it; an edge by its place, a node after all
    /// edges.
    std::optional<std::size_t> at(const QPointF& point, double reach) const;
};

/// Names of nodes never overlap: a level that is too wide takes several lines.
GraphLayout layOutGraph(const GraphData& data, const QSizeF& size, const PlotTheme& theme);
/// With room for every name and for seeing where lines lead.
double graphHeight(const GraphData& data, double width, const PlotTheme& theme);

void drawGraph(QPainter& painter, const GraphData& data, const GraphLayout& layout,
               const PlotTheme& theme, double opacity = 1.0);
/// Over what is drawn: an edge with both its ends, or a node with all its edges.
void drawGraphMark(QPainter& painter, const GraphData& data, const GraphLayout& layout,
                   const Thing& thing, const QColor& colour, const PlotTheme& theme);
void drawGraphPin(QPainter& painter, const GraphData& data, const GraphLayout& layout,
                  const Pin& pin, const PlotTheme& theme);

/// "L0H1 to L1H3.q: 0.123 logits, exact 0.11 logits".
QString graphEdgeText(const GraphEdge& edge, const QString& unit);

} // namespace residuum

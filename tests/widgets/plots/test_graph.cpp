// Graphs of edges: every name in its place, lines from end to end, hover, keyboard.
#include "widgets/plots/graph_drawing.h"
#include "widgets/plots/graph_view.h"

#include <QBuffer>
#include <QPainter>
#include <QSignalSpy>
#include <QSvgGenerator>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

namespace residuum {
namespace {

/// Edges of a model of 12 layers with 12 heads, drawn at random.
GraphData graphOf(int count) {
    std::mt19937 random(7);
    GraphData data;
    data.unit = QStringLiteral("logits");
    data.limit = 2.0;
    const auto component = [](int layer, int head) -> Thing {
        return Component{head == 12 ? ComponentKind::Mlp : ComponentKind::Head, LayerIndex(layer),
                         HeadIndex(head == 12 ? 0 : head)};
    };
    std::map<std::pair<int, int>, std::size_t> nodes;
    std::vector<std::pair<std::pair<int, int>, std::pair<int, int>>> edges;
    while (static_cast<int>(edges.size()) < count) {
        const int layer = static_cast<int>(random() % 11);
        const std::pair from(layer, static_cast<int>(random() % 13)),
            to(layer + 1 + static_cast<int>(random() % static_cast<unsigned>(11 - layer)),
               static_cast<int>(random() % 13));
        edges.emplace_back(from, to);
        nodes[from] = nodes[to] = 0;
    }
    for (auto& [place, node] : nodes) {
        node = data.nodes.size();
        const auto thing = component(place.first, place.second);
        data.nodes.push_back({thing, QString::fromStdString(label(thing)), place.first + 1,
                              place.second == 12, true});
    }
    for (int layer = 0; layer < 12; ++layer)
        data.levels.push_back({layer + 1.0, QString::number(layer)});
    for (std::size_t i = 0; i < edges.size(); ++i) {
        const auto& [from, to] = edges[i];
        const auto sender = std::get<Component>(component(from.first, from.second));
        const Receiver receiver{to.second == 12 ? ReceiverKind::Mlp : ReceiverKind::K,
                                LayerIndex(to.first), HeadIndex(to.second == 12 ? 0 : to.second)};
        const Edge edge{sender, receiver};
        data.edges.push_back({edge, QString::fromStdString(label(edge)), nodes.at(from),
                              nodes.at(to), 0.5, (i % 3 == 0 ? -1.0 : 1.0) * 2.0 / (1.0 + i)});
    }
    return data;
}

PlotTheme theme() {
    return PlotTheme::of(QPalette(), QFont());
}

TEST(Graph, NamesNeverOverlapAndStayInside) {
    for (const int count : {1, 10, 40, 120})
        for (const double width : {220.0, 420.0, 900.0}) {
            const auto data = graphOf(count);
            const QSizeF size(width, graphHeight(data, width, theme()));
            const auto layout = layOutGraph(data, size, theme());
            ASSERT_TRUE(layout.isNamed);
            const QRectF room(QPointF(0.0, 0.0), size);
            for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
                EXPECT_TRUE(room.adjusted(-1.0, -1.0, 1.0, 1.0).contains(layout.nodes[i]))
                    << data.nodes[i].label.toStdString() << " of " << count << " in " << width;
                for (std::size_t j = 0; j < i; ++j)
                    EXPECT_FALSE(layout.nodes[i].intersects(layout.nodes[j]))
                        << data.nodes[i].label.toStdString() << " and "
                        << data.nodes[j].label.toStdString() << " of " << count << " in " << width;
            }
        }
}

TEST(Graph, WhereThereIsNoRoomNodesAreDots) {
    const auto data = graphOf(40);
    const auto layout = layOutGraph(data, {220.0, 90.0}, theme());
    EXPECT_FALSE(layout.isNamed);
    EXPECT_EQ(layout.edges.size(), 40U);
}

TEST(Graph, LinesLeadUpwardsFromEndToEnd) {
    const auto data = graphOf(40);
    const auto layout = layOutGraph(data, {420.0, graphHeight(data, 420.0, theme())}, theme());
    for (std::size_t i = 0; i < data.edges.size(); ++i) {
        const auto &from = layout.nodes[data.edges[i].from], &to = layout.nodes[data.edges[i].to];
        EXPECT_NEAR(layout.edges[i].pointAtPercent(0.0).y(), from.top(), 1e-6);
        EXPECT_NEAR(layout.edges[i].pointAtPercent(1.0).y(), to.bottom(), 1e-6);
        EXPECT_GT(from.top(), to.bottom());
    }
}

TEST(GraphView, PointsAtLinesAndNodesAndPinsThem) {
    GraphView view;
    view.resize(420, 700);
    const auto data = graphOf(12);
    view.setData(data);
    view.show();
    for (const auto& edge : data.edges) {
        const auto at = view.centreOf(edge.thing);
        ASSERT_FALSE(at.isNull());
        const auto under = view.thingAt(at);
        ASSERT_TRUE(under); // another line or a node may lie above it
    }
    const auto& node = data.nodes.front();
    EXPECT_EQ(view.thingAt(view.centreOf(*node.thing)), node.thing);
    const QSignalSpy clicked(&view, &PlotView::clicked);
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.centreOf(*node.thing));
    ASSERT_EQ(clicked.size(), 1);
    // By keyboard from the largest edge on.
    QTest::keyClick(&view, Qt::Key_Down);
    EXPECT_TRUE(view.accessibleDescription().startsWith(data.edges[0].label));
    QTest::keyClick(&view, Qt::Key_Down);
    EXPECT_TRUE(view.accessibleDescription().startsWith(data.edges[1].label));
}

TEST(Graph, IsDrawnAsLines) {
    const auto data = graphOf(40);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        QPainter painter(&generator);
        drawGraph(painter, data, layOutGraph(data, {420.0, 700.0}, theme()), theme());
    }
    EXPECT_FALSE(bytes.contains("<image"));
    EXPECT_GE(bytes.count("<path"), 40);
}

} // namespace
} // namespace residuum

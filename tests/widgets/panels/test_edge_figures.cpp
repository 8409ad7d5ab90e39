// What edges show, of results made by hand.
#include "widgets/panels/edge_figures.h"
#include "widgets/panels/edge_views.h"

#include "core/task/error.h"

#include <gtest/gtest.h>

#include <cmath>

namespace residuum {
namespace {

/// Two layers of one head; `scores` of what comes before each receiver, else NaN.
PatchColumn column(const QString& name, const std::vector<std::tuple<int, int, double>>& scores) {
    auto result = std::make_shared<PatchResult>();
    result->request.methods = {PatchMethod::Eap};
    result->cleanMetric = {3.0};
    result->corruptMetric = {-1.0};
    auto& edges = result->edges.emplace_back();
    edges.senders = {"embed", "L0H0", "L0.mlp", "L1H0", "L1.mlp"};
    edges.receivers = {"L0H0.q", "L0H0.k", "L0H0.v", "L0.mlp", "L1H0.q",
                       "L1H0.k", "L1H0.v", "L1.mlp", "logits"};
    edges.mean = Table::Constant(5, 9, std::nan(""));
    for (const auto& [sender, receiver, score] : scores)
        edges.mean(sender, receiver) = score;
    edges.checked = {"L0H0 to L1H0.q", "embed to logits"};
    edges.exact = Table(1, 2);
    edges.exact << 0.75, std::nan("");
    edges.kept = Table(1, 3);
    edges.kept << -1.0, 1.0, 3.0;
    result->circuits = {{1, 2, 20}, 2, Table(1, 6)};
    result->circuits.random << -1.0, -1.0, -1.0, 0.0, 3.0, 3.0;
    return {name, result};
}

std::vector<PatchColumn> columns() {
    return {column("a", {{1, 4, 0.5}, {0, 8, -2.0}, {2, 7, 0.1}}),
            column("b", {{1, 4, 3.0}, {0, 8, -1.0}, {0, 0, 0.2}})};
}

TEST(EdgeFigures, RankedRowsAreTheLargestOfAnyModel) {
    const auto chart = edgeRanking(columns(), {PatchMethod::Eap, 2});
    ASSERT_EQ(chart.categories.size(), 2U);
    EXPECT_EQ(chart.categories[0].label, QStringLiteral("L0H0 to L1H0.q"));
    EXPECT_EQ(chart.categories[1].label, QStringLiteral("embed to logits"));
    EXPECT_TRUE(std::holds_alternative<Edge>(*chart.categories[0].thing));
    EXPECT_EQ(chart.series[1].marks[0].filled, 3.0);
    EXPECT_EQ(chart.series[0].marks[0].hollow, 0.75);
    EXPECT_TRUE(std::isnan(chart.series[0].marks[1].hollow)); // not patched (yet)
}

TEST(EdgeFigures, GraphsOfAllModelsHaveTheSamePlacesAndScale) {
    const auto graphs = edgeGraphs(columns(), {PatchMethod::Eap, 3});
    ASSERT_EQ(graphs.size(), 2U);
    ASSERT_EQ(graphs[0].nodes.size(), graphs[1].nodes.size());
    for (std::size_t i = 0; i < graphs[0].nodes.size(); ++i) {
        EXPECT_EQ(graphs[0].nodes[i].label, graphs[1].nodes[i].label);
        EXPECT_EQ(graphs[0].nodes[i].level, graphs[1].nodes[i].level);
    }
    EXPECT_EQ(graphs[0].limit, 3.0);
    EXPECT_EQ(graphs[1].limit, 3.0);
    EXPECT_EQ(graphs[0].edges.front().label, QStringLiteral("embed to logits"));
    EXPECT_EQ(graphs[0].edges.front().value, -2.0);
    int shown = 0; // L0.mlp and L1.mlp are the first model's alone
    for (const auto& node : graphs[1].nodes)
        shown += node.shown ? 1 : 0;
    EXPECT_EQ(shown, static_cast<int>(graphs[1].nodes.size()) - 2);
}

TEST(EdgeFigures, FaithfulnessIsTheShareOfTheGapWithTheBandOfRandomCircuits) {
    const auto chart = faithfulnessChart(columns(), PatchMethod::Eap);
    ASSERT_EQ(chart.series.size(), 4U);
    EXPECT_EQ(chart.series[0].curve, (std::vector<QPointF>{{0, 0.0}, {1, 0.5}, {2, 1.0}}));
    ASSERT_EQ(chart.series[1].band.size(), 3U);
    EXPECT_TRUE(chart.series[1].hollow);
    EXPECT_EQ(chart.series[1].curve[1].y(), 0.125);
    EXPECT_EQ(chart.series[1].band[1].low, 0.0);
    EXPECT_EQ(chart.series[1].band[1].high, 0.25);
    EXPECT_EQ(chart.stops[2].label, QStringLiteral("20"));
}

TEST(EdgeFigures, AnEdgeHasItsNumbersAndOtherThingsHaveNone) {
    const auto result = columns().front().result;
    const auto edge = parseThing("L0H0 to L1H0.q");
    ASSERT_TRUE(edge);
    EXPECT_EQ(edgeNumbers(result->edges.front(), *edge)->score, 0.5);
    EXPECT_EQ(edgeNumbers(result->edges.front(), *edge)->exact, 0.75);
    EXPECT_FALSE(edgeNumbers(result->edges.front(), *parseThing("embed to L1H0.q")));
    EXPECT_FALSE(edgeNumbers(result->edges.front(), Component{}));
}

TEST(EdgeFigures, WhatWasNotAskedForIsSaid) {
    auto bare = std::make_shared<PatchResult>(*columns().front().result);
    bare->edges.front().kept = Table();
    bare->edges.front().checked.clear();
    bare->edges.front().exact = Table();
    FigureRequest request;
    for (const auto& [view, words] : {std::pair(QString(EdgeViews::faithfulness), "--faithfulness"),
                                      std::pair(QString(EdgeViews::checked), "--check-edges")}) {
        request.view = view;
        try {
            EdgeViews::figure({{"a", bare}}, {PatchMethod::Eap}, {}, request, {});
            FAIL() << view.toStdString();
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
        }
    }
    request.view = EdgeViews::graph;
    EXPECT_EQ(EdgeViews::figure({{"a", bare}}, {PatchMethod::Eap}, {}, request, {}).panels.size(),
              1U);
}

} // namespace
} // namespace residuum

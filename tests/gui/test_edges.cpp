// Edges in the patching panel of the real window.
#include "widgets/panels/patching_offers.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/plots/chart_view.h"
#include "widgets/plots/graph_view.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"
#include "window_fixture.h"

#include "analysis/patching/faithfulness.h"

#include <QToolButton>

#include <cmath>

namespace residuum::test {
namespace {

class EdgesWindow : public WindowTest {
  protected:
    PatchingPanel& patching() { return window->panel<PatchingPanel>(); }
    PatchingBoard& board() { return workspace().board<PatchingBoard>(); }
    void openEdges(PatchMethod method, double announceFrom = PatchingBoard::announcedSeconds) {
        openDemo();
        board().announceFrom(announceFrom);
        auto settings = board().settings();
        settings.estimate = method;
        board().setSettings(settings);
        window->showPanel(patching());
    }
    bool complete() {
        return waitFor([this] {
            if (workspace().busy())
                return false;
            for (const auto& column : columns())
                if (const auto* there = board().answer(column.id);
                    there == nullptr || !there->complete())
                    return false;
            return true;
        });
    }
};

TEST_F(EdgesWindow, ShowGraphsRowsExactEffectsAndFaithfulnessOfEveryModel) {
    openEdges(PatchMethod::Eap);
    ASSERT_TRUE(complete());
    ASSERT_EQ(patching().exactHeatmap(0), nullptr);
    for (int column = 0; column < 3; ++column) {
        ASSERT_NE(patching().graph(column), nullptr);
        const auto& graph = patching().graph(column)->data();
        EXPECT_EQ(graph.edges.size(), 20U);
        EXPECT_EQ(graph.nodes.size(), patching().graph(0)->data().nodes.size());
        EXPECT_EQ(patching().scatter(column)->data().points.size(), 20U);
        EXPECT_FALSE(std::isnan(graph.edges.front().exact));
        EXPECT_FALSE(patching().agreementShown(column).isEmpty());
    }
    const auto* rows = patching().chart(EdgeViews::ranked);
    ASSERT_NE(rows, nullptr);
    EXPECT_EQ(rows->data().categories.size(), 20U);
    const auto* curves = patching().chart(EdgeViews::faithfulness);
    ASSERT_NE(curves, nullptr);
    ASSERT_EQ(curves->data().series.size(), 6U);
    for (const auto& series : curves->data().series)
        EXPECT_NEAR(series.curve.back().y(), 1.0, 1e-4) << series.name.toStdString();
    EXPECT_TRUE(patching().verdict().text.contains(QStringLiteral("half of the gap")));
    EXPECT_TRUE(board().command().contains(QStringLiteral("--check-edges 20")));
    EXPECT_TRUE(board().command().contains(QStringLiteral("--faithfulness powers,all")));
}

TEST_F(EdgesWindow, AnEdgeIsTheSameThingEverywhere) {
    openEdges(PatchMethod::Eap);
    ASSERT_TRUE(complete());
    const auto edge = patching().graph(0)->data().edges.front().thing;
    const auto numbers = patching().inspect(edge);
    ASSERT_TRUE(numbers);
    ASSERT_EQ(numbers->rows.size(), 3U);
    EXPECT_NE(numbers->rows[0][1], QStringLiteral("–"));
    clickAt(patching().chart(EdgeViews::ranked),
            *patching().chart(EdgeViews::ranked)->data().categories.front().thing);
    EXPECT_EQ(workspace().state().pins.size(), 1U);
    FigureRequest request;
    for (const auto& view :
         {EdgeViews::graph, EdgeViews::ranked, EdgeViews::checked, EdgeViews::faithfulness}) {
        request.view = view;
        EXPECT_FALSE(patching().figure(request).panels.empty()) << view.latin1();
    }
}

TEST_F(EdgesWindow, ModesChangeBackAndForth) {
    openEdges(PatchMethod::EapIg);
    ASSERT_TRUE(complete());
    EXPECT_EQ(patching().shownView(), QString(EdgeViews::graph));
    auto settings = board().settings();
    settings.estimate = PatchMethod::Attribution;
    board().setSettings(settings);
    ASSERT_TRUE(complete());
    ASSERT_NE(patching().exactHeatmap(0), nullptr);
    EXPECT_FALSE(patching().exactHeatmap(0)->values().empty());
    EXPECT_EQ(patching().graph(0), nullptr);
    settings.estimate = PatchMethod::Eap;
    settings.topEdges = 7;
    board().setSettings(settings);
    ASSERT_TRUE(complete());
    EXPECT_EQ(patching().graph(1)->data().edges.size(), 7U);
}

TEST_F(EdgesWindow, WhatTakesLongIsAnnouncedWithASmallerChoice) {
    openEdges(PatchMethod::EapIg, -1.0);
    ASSERT_TRUE(waitFor([this] { return !workspace().busy() && board().offers().size() == 2; }));
    EXPECT_EQ(board().answer(columns()[0].id)->state, AnswerState::Announced);
    const auto offers = board().offers();
    EXPECT_FALSE(*offers[0].studied);
    EXPECT_TRUE(*offers[1].studied);
    EXPECT_GT(offers[1].seconds, offers[0].seconds);
    const auto buttons = patching().exactOffers()->buttons();
    ASSERT_EQ(buttons.size(), 2U);
    buttons[0]->click();
    ASSERT_TRUE(complete());
    EXPECT_TRUE(board().result(columns()[0].id)->edges.front().checked.empty());
    EXPECT_EQ(patching().graph(0)->data().edges.size(), 20U);
    ASSERT_EQ(board().offers().size(), 1U);
    board().askEdges(true);
    ASSERT_TRUE(complete());
    EXPECT_EQ(board().result(columns()[0].id)->edges.front().checked.size(), 20U);
}

} // namespace
} // namespace residuum::test

// The logit lens's tab: what it asks, its maps and curves, hover, and why some have no components.
#include "window_fixture.h"

#include "widgets/panels/lens_panel.h"
#include "widgets/panels/settings_bar.h"
#include "widgets/plots/chart_view.h"

#include <QCheckBox>

#include <algorithm>
#include <cmath>

namespace residuum::test {
namespace {

class LensWindow : public WindowTest {
  protected:
    void openLens() {
        openDemo();
        window->showPanel("lens");
        ASSERT_TRUE(settle());
    }
    LensBoard& board() { return workspace().board<LensBoard>(); }
    LensPanel& lens() { return window->panel<LensPanel>(); }
    const LensResult& result(int column) {
        return *board().result(columns()[static_cast<std::size_t>(column)].id);
    }
};

TEST_F(LensWindow, NamesTheTopTokenOfEveryLayerAndPosition) {
    openLens();
    for (int c = 0; c < 3; ++c) {
        const auto& shown = *lens().map(c);
        const auto& of = result(c);
        const auto layers = of.model.config.n_layers;
        const auto positions = of.rows.size();
        ASSERT_EQ(shown.values().size(), positions * static_cast<std::size_t>(layers + 1));
        const Thing last =
            Position{LayerIndex(layers), PositionIndex(workspace().state().position)};
        const auto row = of.rowOf(0, workspace().state().position);
        const auto top = static_cast<Eigen::Index>(of.points.size() - 1) * of.request.top;
        ASSERT_TRUE(shown.valueOf(last));
        EXPECT_EQ(*shown.valueOf(last), 100.0 * std::exp(of.topLogProb(top, row)));
    }
}

TEST_F(LensWindow, CurvesOfAllModelsAreOnOneAxis) {
    openLens();
    for (const QString& view :
         {QString(LensViews::logProb), QString(LensViews::rank), QString(LensViews::entropy)}) {
        FigureRequest request;
        request.view = view;
        const auto figure = lens().figure(request);
        ASSERT_EQ(figure.panels.size(), 1U) << view.toStdString();
        const auto& chart = std::get<ChartFigure>(figure.panels.front().content);
        const auto perModel = chart.data.series.size() / 3;
        EXPECT_EQ(chart.data.series.size(), 3 * perModel);
        for (int c = 0; c < 3; ++c)
            EXPECT_EQ(chart.data.series[static_cast<std::size_t>(c) * perModel].curve.size(),
                      result(c).points.size());
    }
}

TEST_F(LensWindow, FollowsTargetAndPosition) {
    openLens();
    const auto& tokens = workspace().state().prompt.tokens;
    workspace().setTarget(tokens.front());
    workspace().setVersus(tokens.back());
    ASSERT_TRUE(settle());
    EXPECT_EQ(result(0).request.track.ids, (std::vector<TokenId>{tokens.front(), tokens.back()}));
    EXPECT_EQ(result(0).tracks(), 2);
    workspace().setTarget(std::nullopt);
    ASSERT_TRUE(settle());
    EXPECT_EQ(result(0).tracks(), 1);
    EXPECT_EQ(result(0).rank(result(0).rank.rows() - 1, 0), 0.0);
    workspace().setPosition(2);
    ASSERT_TRUE(settle());
    FigureRequest request;
    request.view = LensViews::rank;
    EXPECT_TRUE(lens().figure(request).panels.front().notes.front().startsWith(
        QStringLiteral("position 2")));
    EXPECT_TRUE(lens().verdict().text.contains(QStringLiteral("position 2")));
}

TEST_F(LensWindow, ComponentsWhereTheLensIsAffine) {
    openLens();
    const auto known = [&](int column) {
        const auto values = lens().componentMap(column)->values();
        return std::none_of(values.begin(), values.end(),
                            [](double value) { return std::isnan(value); });
    };
    lens().details()->setCurrentIndex(3);
    ASSERT_TRUE(settle());
    EXPECT_FALSE(known(0));
    EXPECT_TRUE(known(2));
    const LensColumn original{QStringLiteral("original"), board().result(columns()[0].id)};
    EXPECT_TRUE(lensComponentsText(original, 0).contains(QStringLiteral("not affine")))
        << lensComponentsText(original, 0).toStdString();
    auto* frozen = dynamic_cast<QCheckBox*>(lens().settingsBar().control("frozen"));
    ASSERT_NE(frozen, nullptr);
    frozen->click();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(result(0).request.frozen);
    EXPECT_TRUE(known(0)) << "frozen, it is";
    EXPECT_TRUE(board().command().contains(QStringLiteral("--frozen")));
}

TEST_F(LensWindow, TheJacobianLensBesideIt) {
    openLens();
    auto* jacobian = dynamic_cast<QCheckBox*>(lens().settingsBar().control("jacobian"));
    ASSERT_NE(jacobian, nullptr);
    QString said;
    QObject::connect(&workspace(), &Workspace::message, &workspace(),
                     [&](const QString& sentence) { said += sentence; });
    jacobian->click();
    EXPECT_TRUE(said.contains(QStringLiteral("backward passes"))) << said.toStdString();
    ASSERT_TRUE(settle());
    FigureRequest request;
    request.view = LensViews::jacobianLogProb;
    const auto figure = lens().figure(request);
    const auto& series = std::get<ChartFigure>(figure.panels.front().content).data.series;
    ASSERT_EQ(series.size(), 6U) << "both lenses of three models";
    for (int c = 0; c < 3; ++c) {
        const auto& of = result(c);
        ASSERT_EQ(of.jacobian.points.size(), static_cast<std::size_t>(of.model.config.n_layers));
        const auto &logit = series[2 * static_cast<std::size_t>(c)],
                   &other = series[2 * static_cast<std::size_t>(c) + 1];
        EXPECT_FALSE(logit.hollow);
        EXPECT_TRUE(other.hollow);
        EXPECT_EQ(logit.curve.back(), other.curve.back()) << "the same at the end";
        EXPECT_EQ(other.curve.front().x(), 2.0) << "what layer 0 gives enters layer 1";
    }
    request.view = LensViews::jacobianMap;
    const auto& map = std::get<HeatmapFigure>(lens().figure(request).panels.front().content);
    EXPECT_EQ(map.data.grid.rows, result(0).model.config.n_layers);
    EXPECT_TRUE(board().command().contains(QStringLiteral("--jacobian")));
    EXPECT_TRUE(workspace().session().settings<LensSettings>("lens").jacobian);
}

TEST_F(LensWindow, HoverIsLinkedAndDifferencesAreOfTheSameCell) {
    openLens();
    const Thing place = Position{LayerIndex(1), PositionIndex(0)};
    workspace().setHovered(place);
    for (int c = 0; c < 3; ++c)
        EXPECT_TRUE(lens().map(c)->valueOf(place));
    workspace().setDifference(std::pair(0, 2));
    ASSERT_TRUE(settle());
    ASSERT_NE(lens().differenceHeatmap(), nullptr);
    const auto difference = lens().differenceHeatmap()->valueOf(place);
    ASSERT_TRUE(difference);
    EXPECT_EQ(*difference, *lens().map(0)->valueOf(place) - *lens().map(2)->valueOf(place));
}

TEST_F(LensWindow, SavedResultsOpenAsColumns) {
    openLens();
    const auto file = QString::fromStdString((folder.path() / "lens.h5").string());
    board().save(file);
    ASSERT_TRUE(settle());
    workspace().openResult(file);
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 6U);
    EXPECT_TRUE((result(5).logProb == result(2).logProb).all());
    ASSERT_NE(lens().map(5), nullptr);
    EXPECT_EQ(lens().map(5)->values(), lens().map(2)->values());
}

} // namespace
} // namespace residuum::test

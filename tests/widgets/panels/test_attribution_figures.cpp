#include "widgets/figure/figure_difference.h"
#include "widgets/panels/attribution_board.h"
#include "widgets/panels/attribution_views.h"
#include "widgets/panels/table_model.h"

#include "support/paths.h"
#include "support/waiting.h"

#include <QAbstractItemModelTester>

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace residuum {
namespace {

TEST(AttributionGrid, HasOneCellPerComponentAndNoOverlap) {
    const auto components = allComponents(3, 4);
    const auto grid = attributionGrid(components, 3, 4);
    ASSERT_EQ(grid.cells.size(), components.size());
    EXPECT_EQ(grid.rows, 4);
    std::set<std::optional<Thing>> things;
    for (const auto& a : grid.cells) {
        EXPECT_TRUE(things.insert(a.thing).second);
        EXPECT_LE(a.column + a.width, grid.columns + 1e-9);
        for (const auto& b : grid.cells) {
            const bool apart = a.thing == b.thing || a.row != b.row ||
                               a.column + a.width <= b.column + 1e-9 ||
                               b.column + b.width <= a.column + 1e-9;
            EXPECT_TRUE(apart) << a.label.toStdString() << " " << b.label.toStdString();
        }
    }
}

TEST(AttributionFigures, NumbersFollowComponentRowAndMode) {
    DlaResult result;
    result.components = allComponents(1, 2);
    result.rows.resize(2);
    result.dla = Table::Zero(7, 2);
    result.directEffect = Table::Zero(7, 2);
    result.dla(3, 1) = 2.0;
    result.directEffect(3, 1) = -0.5;
    const auto& head = result.components[3];
    const auto numbers = numbersOf(result, 1, head);
    ASSERT_TRUE(numbers);
    EXPECT_EQ(numbers->shown(ViewMode::Dla), 2.0);
    EXPECT_EQ(numbers->shown(ViewMode::DirectEffect), -0.5);
    EXPECT_EQ(numbers->shown(ViewMode::Error), 2.5);
    EXPECT_EQ(numbers->errorPercent(), 500.0);
    // Over several rows it is the component's NMAE: mean |error| of mean |direct effect|.
    result.dla(3, 0) = result.directEffect(3, 0) = 0.5;
    const auto mean = numbersOf(result, allRows, head);
    ASSERT_TRUE(mean);
    EXPECT_EQ(mean->directEffect, 0.0);
    EXPECT_EQ(mean->error, 1.25);
    EXPECT_EQ(mean->errorPercent(), 250.0);
    result.dla(3, 0) = result.directEffect(3, 0) = 0.0;
    EXPECT_FALSE(numbersOf(result, 2, head)) << "no such row";
    EXPECT_FALSE(numbersOf(result, 0, {ComponentKind::Head, LayerIndex(0), HeadIndex(99)}))
        << "no such component";
    EXPECT_EQ(cellValues(result, 1, ViewMode::Error)[3], 2.5);
    EXPECT_TRUE(std::isnan(cellValues(result, 5, ViewMode::Dla)[3])) << "unknown, not zero";
    const auto scatter = attributionScatter(result, 1);
    EXPECT_EQ(scatter.points[3].x, -0.5);
    EXPECT_EQ(scatter.points[3].y, 2.0);
    EXPECT_TRUE(scatter.xTitle.contains(QStringLiteral("LN recomputed")));
    EXPECT_TRUE(scatter.yTitle.contains(QStringLiteral("LN frozen")));
}

/// A result of one model, whose heads are all small but L0H0.
std::shared_ptr<DlaResult> resultWithOutlier(double outlier) {
    auto result = std::make_shared<DlaResult>();
    result->model.name = "m";
    result->model.config.n_layers = 4;
    result->model.config.n_heads = 8;
    result->components = allComponents(4, 8);
    result->rows.resize(1);
    const auto count = static_cast<Eigen::Index>(result->components.size());
    result->dla = Table::Zero(count, 1);
    result->directEffect = Table::Zero(count, 1);
    for (Eigen::Index c = 0; c < count; ++c)
        result->dla(c, 0) = 0.02 * static_cast<double>(c) - 0.4;
    result->dla(2, 0) = outlier;
    result->nmae.perHead = Table::Zero(4, 8);
    return result;
}

Figure figureOf(const std::shared_ptr<DlaResult>& result, const FigureRequest& request) {
    return AttributionViews::figure({{QStringLiteral("m"), result, 0, QStringLiteral(" Mary"), {}}},
                                    {QStringLiteral("a prompt")}, request, {});
}

TEST(AttributionFigures, OneOutlierDoesNotOwnTheColours) {
    FigureRequest request;
    request.view = QStringLiteral("attribution");
    const auto scaleOf = [](const Figure& figure) {
        return std::get<HeatmapFigure>(figure.panels.at(0).content).data.scale;
    };
    const auto usual = figureOf(resultWithOutlier(1.0), request);
    EXPECT_DOUBLE_EQ(scaleOf(usual).limit, 1.0);
    EXPECT_EQ(usual.panels[0].notes, QStringList{"position 0"});
    EXPECT_FALSE(usual.caption.contains(QStringLiteral("beyond")));
    const auto robust = figureOf(resultWithOutlier(9.9), request);
    EXPECT_DOUBLE_EQ(scaleOf(robust).limit, 0.5);
    EXPECT_TRUE(robust.panels[0].notes.contains(QStringLiteral("beyond the scale: L0H0 9.90")));
    EXPECT_TRUE(robust.caption.contains(QStringLiteral("the colours end at 0.500 logits (robust "
                                                       "limit), the largest value is 9.90")))
        << robust.caption.toStdString();
    request.fullRange = true;
    EXPECT_DOUBLE_EQ(scaleOf(figureOf(resultWithOutlier(9.9), request)).limit, 10.0);
    request.fullRange = false;
    request.limit = 0.3;
    const auto locked = figureOf(resultWithOutlier(1.0), request);
    EXPECT_TRUE(
        locked.panels[0].notes.join(' ').contains(QStringLiteral("beyond the scale: L0H0")));
    EXPECT_FALSE(locked.caption.contains(QStringLiteral("robust")));
}

TEST(AttributionFigures, ADifferenceOfModelsOfOtherShapesIsRefusedInASentence) {
    auto small = resultWithOutlier(1.0);
    auto large = resultWithOutlier(1.0);
    large->components = allComponents(5, 8);
    large->dla = large->directEffect =
        Table::Zero(static_cast<Eigen::Index>(large->components.size()), 1);
    const auto panels = AttributionViews::panels(
        QStringLiteral("attribution"),
        {{QStringLiteral("a"), small, 0, {}, {}}, {QStringLiteral("b"), large, 0, {}, {}}}, {});
    const auto difference = differenceOf(panels.at(0), panels.at(1));
    EXPECT_TRUE(difference.obstacle.contains(QStringLiteral("different numbers of layers")));
    FigureRequest request;
    request.view = QStringLiteral("attribution");
    request.difference = std::pair(0, 1);
    const auto figure = AttributionViews::figure(
        {{QStringLiteral("a"), small, 0, {}, {}}, {QStringLiteral("b"), large, 0, {}, {}}}, {},
        request, {});
    EXPECT_EQ(figure.panels.size(), 2U);
    EXPECT_TRUE(figure.caption.contains(difference.obstacle));
}

TEST(NmaeText, SaysWhatItIsOver) {
    DlaResult result;
    result.nmae.perHead = Table::Zero(4, 8);
    result.rows.resize(1);
    EXPECT_EQ(nmaeDomain(result), QStringLiteral("heads at one position"));
    result.rows.resize(15);
    EXPECT_EQ(nmaeDomain(result), QStringLiteral("heads and positions"));
    EXPECT_EQ(nmaeExtent(result), QStringLiteral("32 heads × 15 pos."));
    for (std::size_t i = 0; i < 15; ++i)
        result.rows[i].sample = static_cast<int>(i);
    EXPECT_EQ(nmaeDomain(result), QStringLiteral("heads and 15 sequences"));
    EXPECT_EQ(nmaeExtent(result), QStringLiteral("32 heads × 15 seq."));
}

TEST(NmaeText, IsShortAndHonest) {
    Nmae nmae;
    nmae.heads = 31.23;
    EXPECT_EQ(nmaeText(nmae), QStringLiteral("NMAE 31.2 %"));
    nmae.heads = 4e-14;
    EXPECT_EQ(nmaeText(nmae), QStringLiteral("NMAE 0 %"));
    nmae.heads = std::nan("");
    EXPECT_EQ(nmaeText(nmae), QStringLiteral("NMAE undefined"));
}

TEST(ContributorTable, IsASoundModelOfTheWorkspace) {
    Workspace workspace({NumericSettings{}, test::resources() / "demo"});
    workspace.setInitialTexts(QStringLiteral("Mary went"), {}, QStringLiteral(" Mary"), {});
    const auto& board = workspace.add<AttributionBoard>();
    TableModel model({.byMagnitude = true});
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(model.rowCount(), 0);
    workspace.openModel(QStringLiteral("demo:original"));
    workspace.openModel(QStringLiteral("demo:ln-free"));
    ASSERT_TRUE(test::waitFor([&] { return !workspace.engine().busy(); }));
    std::vector<AttributionColumn> columns;
    for (const auto& column : workspace.columns())
        columns.push_back(
            {column.name, board.result(column.id), workspace.state().position, {}, {}});
    model.setTable(AttributionViews::tableOf({}, columns, {}, std::pair(0, 1)));
    EXPECT_EQ(model.rowCount(), 2 + 4 * 11);
    EXPECT_EQ(model.columnCount(), 1 + 3 + 3 + 3);
    const Component head{ComponentKind::Head, LayerIndex(2), HeadIndex(3)};
    const int row = model.rowOf(head);
    EXPECT_EQ(model.index(row, 0).data().toString(), QStringLiteral("L2H3"));
    const auto& a = *columns[0].result;
    const auto& b = *columns[1].result;
    const auto numbers = numbersOf(a, workspace.state().position, head);
    const auto others = numbersOf(b, workspace.state().position, head);
    ASSERT_TRUE(numbers && others);
    EXPECT_DOUBLE_EQ(model.index(row, 1).data(TableModel::sortRole).toDouble(),
                     std::abs(numbers->dla));
    EXPECT_DOUBLE_EQ(model.index(row, 7).data(TableModel::sortRole).toDouble(),
                     std::abs(numbers->dla - others->dla));
}

} // namespace
} // namespace residuum

#include "widgets/panels/attribution_figures.h"

#include "widgets/panels/contributor_model.h"
#include "widgets/workspace/component_id.h"

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
    std::set<int> ids;
    for (const auto& a : grid.cells) {
        EXPECT_TRUE(ids.insert(a.id).second);
        EXPECT_LE(a.column + a.width, grid.columns + 1e-9);
        for (const auto& b : grid.cells) {
            const bool apart = a.id == b.id || a.row != b.row ||
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
    const int head = componentId(result.components[3]);
    const auto numbers = numbersOf(result, 1, head);
    ASSERT_TRUE(numbers);
    EXPECT_EQ(numbers->shown(ViewMode::Dla), 2.0);
    EXPECT_EQ(numbers->shown(ViewMode::DirectEffect), -0.5);
    EXPECT_EQ(numbers->shown(ViewMode::Error), 2.5);
    EXPECT_EQ(numbers->errorPercent(), 500.0);
    EXPECT_FALSE(numbersOf(result, 2, head)) << "no such row";
    EXPECT_FALSE(numbersOf(result, 0, 999'999)) << "no such component";
    EXPECT_EQ(cellValues(result, 1, ViewMode::Error)[3], 2.5);
    EXPECT_TRUE(std::isnan(cellValues(result, 5, ViewMode::Dla)[3])) << "unknown, not zero";
    const auto scatter = attributionScatter(result, 1);
    EXPECT_EQ(scatter.points[3].x, -0.5);
    EXPECT_EQ(scatter.points[3].y, 2.0);
    EXPECT_TRUE(scatter.xTitle.contains(QStringLiteral("LN recomputed")));
    EXPECT_TRUE(scatter.yTitle.contains(QStringLiteral("LN frozen")));
}

TEST(NmaeText, IsShortAndHonest) {
    Nmae nmae;
    nmae.heads = 31.23;
    EXPECT_EQ(nmaeText(nmae), QStringLiteral("NMAE 31.2 %"));
    nmae.heads = 4e-14;
    EXPECT_EQ(nmaeText(nmae), QStringLiteral("NMAE 0.0000 %"));
    nmae.heads = std::nan("");
    EXPECT_EQ(nmaeText(nmae), QStringLiteral("NMAE undefined"));
}

TEST(ContributorModel, IsASoundModelOfTheWorkspace) {
    Workspace workspace({NumericSettings{}, test::resources() / "demo"});
    workspace.setInitialTexts(QStringLiteral("Mary went"), {}, QStringLiteral(" Mary"), {});
    ContributorModel model(workspace);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(model.rowCount(), 0);
    workspace.openModel(QStringLiteral("demo:original"));
    workspace.openModel(QStringLiteral("demo:ln-free"));
    ASSERT_TRUE(test::waitFor([&] { return !workspace.engine().busy(); }));
    workspace.setDifference(std::pair(0, 1));
    model.refresh();
    EXPECT_EQ(model.rowCount(), 2 + 4 * 11);
    EXPECT_EQ(model.columnCount(), 1 + 3 + 3 + 1);
    const int id = componentId({ComponentKind::Head, LayerIndex(2), HeadIndex(3)});
    const int row = model.rowOf(id);
    EXPECT_EQ(model.index(row, 0).data().toString(), QStringLiteral("L2H3"));
    const auto& a = *workspace.columns()[0].result;
    const auto numbers = numbersOf(a, workspace.state().position, id);
    ASSERT_TRUE(numbers);
    EXPECT_DOUBLE_EQ(model.index(row, 1).data(ContributorModel::sortRole).toDouble(),
                     std::abs(numbers->dla));
}

} // namespace
} // namespace residuum

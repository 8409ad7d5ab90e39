// Attribution's charts of all models, each against a slow twin on the demo models.
#include "widgets/panels/attribution_board.h"
#include "widgets/panels/attribution_evidence.h"

#include "support/paths.h"
#include "support/waiting.h"

#include <gtest/gtest.h>

#include <cmath>

namespace residuum {
namespace {

class Evidence : public ::testing::Test {
  protected:
    void SetUp() override {
        workspace.setInitialTexts(
            QStringLiteral("Then, Mary and John went to the store. John gave a book to"), {},
            QStringLiteral(" Mary"), QStringLiteral(" John"));
        workspace.add<AttributionBoard>();
        for (const auto* model : {"demo:original", "demo:vanilla", "demo:ln-free"})
            workspace.openModel(QString::fromLatin1(model));
        ASSERT_TRUE(test::waitFor([&] { return !workspace.busy(); }));
        const auto& board = workspace.board<AttributionBoard>();
        for (const auto& column : workspace.columns())
            columns.push_back({column.name, board.result(column.id), board.rowOf(column), {}, {}});
    }

    Workspace workspace{{NumericSettings{}, test::resources() / "demo"}};
    std::vector<AttributionColumn> columns;
};

TEST_F(Evidence, TheRankedRowsAreTheLargestOfEachSign) {
    constexpr int top = 4;
    const auto chart = rankedChart(columns, top);
    ASSERT_EQ(chart.categories.size(), 2U * top);
    // The slow way: every component's extreme, then all that beat a row are rows.
    const auto extreme = [&](const Component& component) {
        double most = 0.0;
        for (const auto& column : columns) {
            const double dla = numbersOf(*column.result, column.row, component)->dla;
            most = std::abs(dla) > std::abs(most) ? dla : most;
        }
        return most;
    };
    int positive = 0;
    double before = INFINITY;
    for (const auto& category : chart.categories) {
        const auto component = std::get<Component>(*category.thing);
        const double value = extreme(component);
        EXPECT_LE(std::abs(value), before);
        before = std::abs(value);
        positive += value > 0.0;
        int larger = 0;
        for (const auto& other : columns.front().result->components)
            larger += extreme(other) * value > 0.0 && std::abs(extreme(other)) > std::abs(value);
        EXPECT_LT(larger, top) << category.label.toStdString();
        const auto row = static_cast<std::size_t>(&category - chart.categories.data());
        for (std::size_t c = 0; c < columns.size(); ++c) {
            const auto numbers = numbersOf(*columns[c].result, columns[c].row, component);
            EXPECT_EQ(chart.series[c].marks[row].filled, numbers->dla);
            EXPECT_EQ(chart.series[c].marks[row].hollow, numbers->directEffect);
        }
    }
    EXPECT_EQ(positive, top);
}

TEST_F(Evidence, SumsByLayerEndAtTheLogit) {
    const auto chart = layerChart(columns);
    ASSERT_EQ(chart.series.size(), 6U);
    ASSERT_EQ(chart.stops.size(), 5U);
    EXPECT_EQ(chart.stops.front().label, QStringLiteral("E"));
    for (std::size_t c = 0; c < 3; ++c) {
        const auto& solid = chart.series[2 * c];
        const auto& dashed = chart.series[2 * c + 1];
        const auto& row = columns[c].result->rows[static_cast<std::size_t>(columns[c].row)];
        EXPECT_FALSE(solid.hollow);
        EXPECT_TRUE(dashed.hollow);
        EXPECT_EQ(solid.group, dashed.group);
        EXPECT_NEAR(solid.curve.back().y(), row.logit, 1e-4) << solid.name.toStdString();
        if (c == 2) // nothing is misjudged without LayerNorm
            EXPECT_NEAR(dashed.curve.back().y(), row.logit, 1e-3);
        else
            EXPECT_GT(std::abs(dashed.curve.back().y() - row.logit), 0.1);
    }
}

TEST_F(Evidence, TheErrorAlongThePromptIsThatOfEveryPosition) {
    const QStringList tokens{QStringLiteral("Then")};
    const auto chart = positionChart(columns, tokens);
    ASSERT_EQ(chart.stops.size(), 15U);
    EXPECT_EQ(chart.stops[0].name, QStringLiteral("Then"));
    EXPECT_EQ(chart.markedStop, std::optional<std::size_t>(14));
    for (std::size_t c = 0; c < 3; ++c)
        for (const auto& point : chart.series[c].curve) {
            double error = 0.0, effect = 0.0;
            const auto& result = *columns[c].result;
            const auto row = static_cast<Eigen::Index>(point.x());
            for (std::size_t i = 0; i < result.components.size(); ++i)
                if (result.components[i].kind == ComponentKind::Head) {
                    const auto place = static_cast<Eigen::Index>(i);
                    error += std::abs(result.dla(place, row) - result.directEffect(place, row));
                    effect += std::abs(result.directEffect(place, row));
                }
            EXPECT_NEAR(point.y(), 100.0 * error / effect, 1e-9);
        }
    EXPECT_NEAR(chart.series[0].curve.back().y(), 28.0, 0.05) << "as the verdict has it";
}

TEST_F(Evidence, NmaeOfHeadsIsTheirErrorOverAllPositions) {
    const auto& result = *columns[0].result;
    const auto map = headErrors(result);
    ASSERT_EQ(map.data.grid.cells.size(), 32U);
    for (std::size_t i = 0; i < map.data.grid.cells.size(); ++i) {
        const auto component = std::get<Component>(*map.data.grid.cells[i].thing);
        double error = 0.0, effect = 0.0;
        for (int row = 0; row < static_cast<int>(result.rows.size()); ++row) {
            const auto numbers = numbersOf(result, row, component);
            error += std::abs(numbers->dla - numbers->directEffect);
            effect += std::abs(numbers->directEffect);
        }
        EXPECT_NEAR(map.data.valueOf(i), 100.0 * error / effect, 1e-3);
    }
}

} // namespace
} // namespace residuum

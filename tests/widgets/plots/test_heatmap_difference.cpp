#include "widgets/plots/heatmap_difference.h"

#include <gtest/gtest.h>

#include <cmath>

namespace residuum {
namespace {

CellGrid gridOf(const std::vector<std::pair<int, QString>>& things) {
    CellGrid grid;
    grid.rows = 1;
    grid.columns = static_cast<double>(things.size());
    for (const auto& [id, label] : things) {
        GridCell cell;
        cell.thing = Neuron{LayerIndex(0), NeuronIndex(id)};
        cell.column = static_cast<double>(grid.cells.size());
        cell.label = label;
        grid.cells.push_back(cell);
    }
    return grid;
}

TEST(HeatmapDifference, SubtractsThingsNotPlaces) {
    const auto first = gridOf({{7, "L0N7"}, {3, "L0N3"}, {5, "L0N5"}});
    const auto second = gridOf({{5, "L0N5"}, {9, "L0N9"}, {7, "L0N7"}});
    const auto difference = differenceOf(first, {1.0, 2.0, 4.0}, second, {0.5, 100.0, 3.0});
    ASSERT_EQ(difference.values.size(), 3u);
    EXPECT_EQ(difference.values[0], 1.0 - 3.0);
    EXPECT_TRUE(std::isnan(difference.values[1])) << "the second has no L0N3";
    EXPECT_EQ(difference.values[2], 4.0 - 0.5);
    EXPECT_EQ(difference.onlyFirst, 1);
    EXPECT_EQ(difference.onlySecond, 1);
    EXPECT_FALSE(difference.nothingShared());
    EXPECT_EQ(difference.note(QStringLiteral("a"), QStringLiteral("b")),
              QStringLiteral("1 of 3 cells are in a only (hatched), 1 in b only (left out)"));
}

TEST(HeatmapDifference, SaysNothingWhereBothShowTheSame) {
    const auto grid = gridOf({{1, "a"}, {2, "b"}});
    const auto difference = differenceOf(grid, {1.0, unknownValue}, grid, {3.0, 1.0});
    EXPECT_EQ(difference.values[0], -2.0);
    EXPECT_TRUE(std::isnan(difference.values[1])) << "not computed yet";
    EXPECT_EQ(difference.note(QStringLiteral("a"), QStringLiteral("b")), QString());
    EXPECT_TRUE(differenceOf(grid, {1.0, 2.0}, gridOf({{3, "c"}}), {1.0}).nothingShared());
}

} // namespace
} // namespace residuum

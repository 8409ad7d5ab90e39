#include "widgets/plots/grid_fold.h"

#include <gtest/gtest.h>

#include <cmath>

namespace residuum {
namespace {

HeatmapData positions(int layers, int count) {
    HeatmapData data;
    data.grid.rows = layers;
    data.grid.columns = count;
    for (int layer = 0; layer < layers; ++layer)
        for (int p = 0; p < count; ++p) {
            data.grid.cells.push_back({Position{LayerIndex(layer), PositionIndex(p)}, layer,
                                       double(p), 1.0,
                                       QStringLiteral("L%1 pos %2").arg(layer).arg(p)});
            data.values.push_back(10.0 * layer + p);
        }
    for (int p = 0; p < count; ++p)
        data.grid.columnTicks.push_back(
            {p + 0.5, QString::number(p), QStringLiteral("t%1").arg(p)});
    return data;
}

TEST(GridFold, EqualColumnsBecomeOne) {
    auto data = positions(2, 6);
    data.values[1] = -9.0; // of the first row's first three the farthest from 0
    data.values[2] = unknownValue;
    foldColumns(data, 3);
    EXPECT_EQ(data.grid.columns, 4.0);
    ASSERT_EQ(data.grid.cells.size(), 8U);
    ASSERT_EQ(data.values.size(), 8U);
    EXPECT_EQ(data.values[0], -9.0);
    EXPECT_EQ(data.values[4], 12.0);
    EXPECT_EQ(data.values[1], 3.0) << "those that differ keep theirs";
    EXPECT_EQ(data.grid.cells[0].thing, (Thing(Position{LayerIndex(0), PositionIndex(0)})));
    EXPECT_EQ(data.grid.cells[1].thing, (Thing(Position{LayerIndex(0), PositionIndex(3)})));
    EXPECT_EQ(data.grid.cells[1].column, 1.0);
    ASSERT_EQ(data.grid.columnTicks.size(), 4U);
    EXPECT_EQ(data.grid.columnTicks[0].label, QStringLiteral("3 equal"));
    EXPECT_EQ(data.grid.columnTicks[1].label, QStringLiteral("3"));
    EXPECT_EQ(data.grid.columnTicks[1].position, 1.5);
    EXPECT_EQ(data.grid.cells[0].label,
              QStringLiteral("L0 pos 0 and the 2 after it, equal in both"));
}

TEST(GridFold, LeavesAloneWhatHasNothingToFold) {
    for (const int count : {0, 1}) {
        auto data = positions(2, 4);
        foldColumns(data, count);
        EXPECT_EQ(data.grid.columns, 4.0);
        EXPECT_EQ(data.values.size(), 8U);
    }
    auto unknown = positions(2, 4);
    unknown.values.assign(8, unknownValue);
    foldColumns(unknown, 2);
    EXPECT_TRUE(std::isnan(unknown.values.front()));
    auto empty = positions(1, 4);
    empty.values.clear();
    foldColumns(empty, 2);
    EXPECT_TRUE(empty.values.empty());
    EXPECT_EQ(empty.grid.cells.size(), 3U);
}

} // namespace
} // namespace residuum

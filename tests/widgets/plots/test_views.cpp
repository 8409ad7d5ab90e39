#include "widgets/plots/colour_bar.h"
#include "widgets/plots/heatmap_view.h"
#include "widgets/plots/scatter_view.h"

#include "support/dark_palette.h"

#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

namespace residuum {
namespace {

/// One of as many things as a test needs.
Thing thingOf(int number) {
    return Neuron{LayerIndex(0), NeuronIndex(number)};
}

CellGrid sampleGrid() {
    CellGrid grid;
    grid.rows = 3;
    grid.columns = 5.5;
    int id = 10;
    for (int row = 0; row < 3; ++row) {
        for (const double column : {0.0, 1.0, 2.0, 3.0, 4.5})
            grid.cells.push_back({thingOf(id++), row, column, 1.0, QStringLiteral("c%1").arg(id)});
    }
    grid.columnTitle = QStringLiteral("head");
    grid.rowTitle = QStringLiteral("layer");
    return grid;
}

class HeatmapTest : public ::testing::Test {
  protected:
    HeatmapTest() {
        view.resize(320, 240);
        show(0.5);
        view.show();
        EXPECT_TRUE(QTest::qWaitForWindowExposed(&view));
    }

    void show(double value) { view.setData({sampleGrid(), std::vector<double>(15, value), {}}); }

    HeatmapView view;
};

TEST_F(HeatmapTest, EveryCellIsFoundAtItsCentre) {
    for (const auto& cell : sampleGrid().cells)
        EXPECT_EQ(view.thingAt(view.centreOf(*cell.thing)), cell.thing);
    const auto a = view.centreOf(thingOf(13)), b = view.centreOf(thingOf(14));
    EXPECT_EQ(view.thingAt((a * 0.45) + (b * 0.55)), std::nullopt) << "the gap holds no cell";
    EXPECT_LT(view.centreOf(thingOf(10)).y(), view.centreOf(thingOf(15)).y())
        << "row 0 is at the top";
}

TEST_F(HeatmapTest, PointerHoversAndClicks) {
    QSignalSpy hovered(&view, &HeatmapView::hovered), clicked(&view, &HeatmapView::clicked);
    auto* target = view.childAt(view.centreOf(thingOf(17)));
    QWidget* receiver = target == nullptr ? &view : target;
    const auto local = receiver->mapFrom(&view, view.centreOf(thingOf(17)));
    QTest::mouseMove(receiver, local);
    QTest::mouseClick(receiver, Qt::LeftButton, {}, local);
    ASSERT_FALSE(hovered.isEmpty());
    EXPECT_EQ(hovered.last().at(0).value<std::optional<Thing>>(), thingOf(17));
    ASSERT_EQ(clicked.size(), 1);
    EXPECT_EQ(clicked[0].at(0).value<Thing>(), thingOf(17));
}

TEST_F(HeatmapTest, WhatIsHoveredHasLinesToTheAxes) {
    const auto plain = view.grab().toImage();
    view.setHovered(thingOf(16)); // in the middle row, the second cell
    const auto marked = view.grab().toImage();
    const auto isMarked = [&](const QPoint& at) {
        return plain.pixelColor(at) != marked.pixelColor(at);
    };
    // The lines run along the cells: the numbers in them are to be read.
    const auto between = [&](int a, int b) {
        return (view.centreOf(thingOf(a)) + view.centreOf(thingOf(b))) / 2;
    };
    EXPECT_TRUE(isMarked(between(13, 18))) << "above its row";
    EXPECT_TRUE(isMarked(between(18, 23))) << "below its row";
    EXPECT_TRUE(isMarked(between(10, 11))) << "left of its column";
    EXPECT_TRUE(isMarked(between(21, 22))) << "right of its column";
    for (const int free : {11, 16, 18, 21})
        EXPECT_FALSE(isMarked(view.centreOf(thingOf(free)))) << free;
    EXPECT_FALSE(isMarked(view.centreOf(thingOf(13)))) << "what is beside both";
    view.setHovered(std::nullopt);
    EXPECT_EQ(view.grab().toImage(), plain);
}

TEST_F(HeatmapTest, KeyboardMovesAndClicks) {
    QSignalSpy hovered(&view, &HeatmapView::hovered), clicked(&view, &HeatmapView::clicked);
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_Down);
    ASSERT_FALSE(hovered.isEmpty());
    QTest::keyClick(&view, Qt::Key_Return);
    EXPECT_EQ(clicked.size(), 1);
}

TEST_F(HeatmapTest, UnknownLooksUnlikeZeroAndThemesDiffer) {
    show(0.0);
    const auto zeros = view.grab().toImage();
    show(unknownValue);
    const auto unknown = view.grab().toImage();
    EXPECT_NE(zeros, unknown);
    view.setPalette(test::darkPalette());
    EXPECT_LT(view.grab().toImage().pixelColor(1, 1).lightness(), 128);
}

TEST(ScatterTest, NearestPointAndItsSignals) {
    ScatterView view;
    view.resize(300, 260);
    ScatterData data;
    data.groups = {QStringLiteral("heads")};
    data.points = {{thingOf(1), -0.5, -0.5, 0, QStringLiteral("a")},
                   {thingOf(2), 0.5, 0.25, 0, QStringLiteral("b")}};
    view.setData(data, 1.0);
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    EXPECT_EQ(view.thingAt(view.centreOf(thingOf(1))), thingOf(1));
    EXPECT_EQ(view.thingAt(view.centreOf(thingOf(2)) + QPoint(3, 3)), thingOf(2));
    EXPECT_EQ(view.thingAt(view.centreOf(thingOf(2)) + QPoint(30, 30)), std::nullopt);
    QSignalSpy clicked(&view, &ScatterView::clicked);
    auto* target = view.childAt(view.centreOf(thingOf(2)));
    QWidget* receiver = target == nullptr ? &view : target;
    QTest::mouseClick(receiver, Qt::LeftButton, {},
                      receiver->mapFrom(&view, view.centreOf(thingOf(2))));
    ASSERT_EQ(clicked.size(), 1);
    EXPECT_EQ(clicked[0].at(0).value<Thing>(), thingOf(2));
}

TEST(ColourBarTest, DrawsScaleAndMarker) {
    ColourBar bar;
    ColourScale scale;
    scale.limit = 3.0;
    scale.unit = QStringLiteral("logits");
    bar.setScale(scale);
    bar.resize(bar.sizeHint().width(), 240);
    const auto plain = bar.grab().toImage();
    bar.setMarker(1.5);
    EXPECT_NE(bar.grab().toImage(), plain);
    EXPECT_EQ(bar.scale(), scale);
}

} // namespace
} // namespace residuum

// Rows of marks (a dumbbell plot): a thing per row, numbers along x, the legend above the data.
#include "widgets/plots/chart_drawing.h"
#include "widgets/plots/chart_rows.h"
#include "widgets/plots/chart_view.h"

#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>

namespace residuum {
namespace {

Thing head(int number) {
    return Component{ComponentKind::Head, LayerIndex(1), HeadIndex(number)};
}

ChartData rows(int count) {
    ChartData data;
    data.xTitle = QStringLiteral("component");
    data.yTitle = QStringLiteral("logits");
    data.filled = QStringLiteral("DLA (LN frozen)");
    data.hollow = QStringLiteral("direct effect (LN recomputed)");
    for (int model = 0; model < 2; ++model) {
        ChartSeries series;
        series.name = QStringLiteral("model %1").arg(model);
        series.group = model;
        for (int row = 0; row < count; ++row)
            series.marks.push_back({2.0 - row, model == 1 && row == 0 ? std::nan("") : 1.0 - row});
        data.series.push_back(series);
    }
    for (int row = 0; row < count; ++row)
        data.categories.push_back({head(row), QStringLiteral("L1H%1").arg(row)});
    return data;
}

PlotTheme theme() {
    return PlotTheme::of(QPalette(), QFont());
}

TEST(ChartRows, RangeHoldsEveryMarkAndZero) {
    const auto range = valueRange(rows(4));
    ASSERT_TRUE(range);
    EXPECT_LT(range->first, -2.0);
    EXPECT_GT(range->last, 2.0);
}

TEST(ChartRows, AMarkAtZeroIsAWholeOne) {
    auto data = rows(1); // 2 and 1
    data.series[0].marks[0].hollow = 0.0;
    const auto range = valueRange(data);
    ASSERT_TRUE(range);
    EXPECT_LT(range->first, 0.0);
}

TEST(ChartRows, MarksAreWhereTheirNumbersAreAndNoneHidesAnother) {
    const auto data = rows(4);
    const auto frame = chartFrame(data, *valueRange(data), {400.0, 200.0}, theme());
    for (std::size_t row = 0; row < 4; ++row) {
        const auto first = rowMarks(data, frame, 0, row), second = rowMarks(data, frame, 1, row);
        EXPECT_NEAR(frame.fromX(first.filled.x()), 2.0 - static_cast<double>(row), 1e-9);
        EXPECT_NEAR(frame.fromX(first.hollow.x()), 1.0 - static_cast<double>(row), 1e-9);
        EXPECT_LT(first.filled.y(), second.filled.y());
        const auto rect = categoryRect(data, frame, row);
        EXPECT_GT(first.filled.y(), rect.top());
        EXPECT_LT(second.filled.y(), rect.bottom());
    }
    EXPECT_TRUE(std::isnan(rowMarks(data, frame, 1, 0).hollow.x()));
}

TEST(ChartRows, TheLegendHasARowOfItsOwn) {
    const auto data = rows(6);
    const auto frame = chartFrame(data, *valueRange(data), {400.0, 200.0}, theme());
    EXPECT_GE(categoryRect(data, frame, 0).top(),
              frame.area.top() + theme().tickMetrics().height());
}

TEST(ChartRows, EveryRowHasItsLabelAndNoTwoTouch) {
    const auto data = rows(16);
    ChartView view;
    view.setData(data, *valueRange(data));
    const auto frame =
        chartFrame(data, *valueRange(data), {400.0, double(view.minimumHeight())}, theme());
    ASSERT_EQ(frame.yLabels.size(), 16U);
    for (std::size_t i = 1; i < frame.yLabels.size(); ++i)
        EXPECT_FALSE(frame.yLabels[i].rect.intersects(frame.yLabels[i - 1].rect));
}

TEST(ChartRows, RowsAreHoveredClickedAndWalkedByKeys) {
    ChartView view;
    view.setData(rows(5), *valueRange(rows(5)));
    view.resize(400, 220);
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    for (int row = 0; row < 5; ++row)
        EXPECT_EQ(view.thingAt(view.centreOf(head(row))), head(row));
    QSignalSpy hovered(&view, &ChartView::hovered);
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_Down);
    QTest::keyClick(&view, Qt::Key_Down);
    ASSERT_FALSE(hovered.isEmpty());
    EXPECT_EQ(hovered.back().front().value<std::optional<Thing>>(), head(1));
}

TEST(ChartStops, NamesStandAtTheAxisAndOneIsUnderThePointer) {
    ChartData data;
    data.xTitle = QStringLiteral("position");
    ChartSeries series;
    series.curve = {{0.0, 1.0}, {2.0, 3.0}}; // undefined at 1
    data.series = {series};
    for (int at = 0; at < 3; ++at)
        data.stops.push_back({Position{LayerIndex(0), PositionIndex(at)}, QString::number(at),
                              QStringLiteral("·t%1").arg(at)});
    const auto frame = chartFrame(data, *valueRange(data), {300.0, 200.0}, theme());
    ASSERT_EQ(frame.x.ticks.size(), 3U);
    EXPECT_EQ(frame.x.ticks[1].name, QStringLiteral("·t1"));
    EXPECT_NEAR(categoryRect(data, frame, 1).center().x(), frame.toX(1.0), 1e-9);
}

} // namespace
} // namespace residuum

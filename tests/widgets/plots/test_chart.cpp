#include "widgets/plots/chart_drawing.h"
#include "widgets/plots/chart_view.h"

#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>

namespace residuum {
namespace {

/// One of as many things as a test needs.
Thing thingOf(int number) {
    return Neuron{LayerIndex(0), NeuronIndex(number)};
}

ChartData boxes() {
    ChartData data;
    data.xTitle = QStringLiteral("neuron");
    data.categories = {{thingOf(7), QStringLiteral("584")},
                       {thingOf(9), QStringLiteral("11")},
                       {std::nullopt, QStringLiteral("random")}};
    ChartSeries series;
    series.name = QStringLiteral("total");
    series.boxes = {BoxStats{1e-5, 1e-3, 2e-3, 3e-3, 0.02, 4e-3}, BoxStats{0, 0, 0, 0, 0, 0},
                    std::nullopt};
    data.series = {series};
    data.logarithmic = true;
    return data;
}

TEST(Chart, ALogarithmicRangeIsWholeDecadesAndSkipsZeros) {
    const auto range = valueRange(boxes());
    ASSERT_TRUE(range);
    EXPECT_EQ(range->first, -3.0);
    EXPECT_EQ(range->last, -1.0);
}

TEST(Chart, EveryCategoryHasItsLabelHoweverNarrowTheChart) {
    auto data = boxes();
    data.categories.clear();
    for (const auto* name : {"2123", "2870", "2378", "1611", "2910", "584", "random"})
        data.categories.push_back(
            {thingOf(int(data.categories.size())), QString::fromLatin1(name)});
    const auto theme = PlotTheme::onPaper(QStringLiteral("DejaVu Sans"), 8.0, 1.0);
    for (const double width : {120.0, 170.0, 400.0}) {
        const auto frame = chartFrame(data, {-3.0, -1.0}, {width, 150.0}, theme);
        ASSERT_EQ(frame.xLabels.size(), data.categories.size()) << width;
        if (width < 150.0)
            continue; // there even two lines are narrow
        for (std::size_t i = 0; i < frame.xLabels.size(); ++i) {
            EXPECT_LT(frame.xLabels[i].rect.bottom(), frame.xTitleRect.top() + 1.0);
            for (std::size_t j = i + 1; j < frame.xLabels.size(); ++j)
                EXPECT_FALSE(frame.xLabels[i].rect.intersects(frame.xLabels[j].rect)) << width;
        }
    }
}

TEST(Chart, ALinearRangeBeginsAtZero) {
    auto data = boxes();
    data.logarithmic = false;
    const auto range = valueRange(data);
    ASSERT_TRUE(range);
    EXPECT_EQ(range->first, 0.0);
    EXPECT_GT(range->last, 0.02);
    EXPECT_LT(range->last, 0.025);
}

TEST(Chart, NothingButZerosHasNoLogarithmicRange) {
    auto data = boxes();
    data.series[0].boxes[0] = data.series[0].boxes[1];
    EXPECT_FALSE(valueRange(data));
}

TEST(Chart, CategoriesAreFoundAndClicked) {
    ChartView view;
    view.resize(320, 240);
    view.setData(boxes(), *valueRange(boxes()));
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    for (const int id : {7, 9})
        EXPECT_EQ(view.thingAt(view.centreOf(thingOf(id))), thingOf(id));
    QSignalSpy clicked(&view, &ChartView::clicked);
    auto* receiver = view.childAt(view.centreOf(thingOf(9)));
    QTest::mouseClick(receiver == nullptr ? static_cast<QWidget*>(&view) : receiver, Qt::LeftButton,
                      {}, view.centreOf(thingOf(9)));
    ASSERT_EQ(clicked.size(), 1);
    EXPECT_EQ(clicked.front().front().value<Thing>(), thingOf(9));
    // The baseline of random neurons is no single neuron.
    EXPECT_FALSE(view.thingAt(view.centreOf(thingOf(1))));
}

} // namespace
} // namespace residuum

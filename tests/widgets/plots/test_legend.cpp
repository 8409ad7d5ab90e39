// Names of marks stand beside the data, whole, however narrow the plot is.
#include "widgets/plots/chart_drawing.h"
#include "widgets/plots/legend.h"
#include "widgets/plots/scatter_drawing.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QPalette>

#include <cmath>

namespace residuum {
namespace {

PlotTheme theme() {
    return PlotTheme::of(QPalette(), QFont());
}

const QStringList groups{"heads", "MLPs", "embeddings, biases"};

TEST(Legend, TakesAsManyLinesAsItNeeds) {
    const double line = theme().tickMetrics().height();
    const auto wide = layOutLegend(groups, 1000.0, theme());
    EXPECT_EQ(wide.lines.size(), 1U);
    EXPECT_EQ(wide.height, line);
    const double narrow = theme().tickMetrics().horizontalAdvance(groups[2]) + 2.0 * line;
    const auto tall = layOutLegend(groups, narrow, theme());
    EXPECT_GT(tall.lines.size(), 1U);
    EXPECT_EQ(tall.places.size(), 3U);
    for (const double width : tall.lines)
        EXPECT_LE(width, narrow);
}

TEST(Legend, LiesOnNoData) {
    ScatterData scatter;
    scatter.groups = {groups[0], groups[1], groups[2]};
    for (int x = -9; x <= 9; ++x) // a mark in every corner
        for (int y = -9; y <= 9; ++y)
            scatter.points.push_back({std::nullopt, x / 10.0, y / 10.0, 0, {}});
    ChartData curves;
    for (const auto& group : groups)
        curves.series.push_back({group, 0, false, {}, {{0.0, 1.0}, {5.0, 0.0}}, {}});
    auto boxes = curves;
    boxes.categories = {{std::nullopt, QStringLiteral("584")}};
    for (const double width : {150.0, 200.0, 400.0}) {
        const QSizeF size(width, 220.0);
        for (const auto& frame : {scatterFrame(scatter, 1.0, size, theme()),
                                  chartFrame(curves, {0.0, 1.0}, size, theme()),
                                  chartFrame(boxes, {0.0, 1.0}, size, theme())}) {
            EXPECT_GT(frame.style.head, 0.0) << width;
            EXPECT_FALSE(frame.head.intersects(frame.area)) << width;
            EXPECT_GT(frame.area.height(), 0.4 * size.height()) << width;
        }
    }
}

TEST(Legend, ASmallPlotGoesWithout) {
    EXPECT_EQ(legendHead(groups, {60.0, 200.0}, theme()), 0.0);
    EXPECT_EQ(legendHead(groups, {400.0, 40.0}, theme()), 0.0);
    EXPECT_EQ(legendHead({}, {400.0, 400.0}, theme()), 0.0);
}

TEST(LogTicks, ArePowersOfTenAndWhatLiesBetweenWhereTheseAreFew) {
    const auto labels = [](double lower, double upper) {
        QStringList names;
        for (const auto& tick : logTicks(lower, upper))
            names << tick.label;
        return names.join(QLatin1Char(' '));
    };
    EXPECT_EQ(labels(-2.0, 1.0), QStringLiteral("0.01 0.1 1 10"));
    EXPECT_EQ(labels(-1.0, 0.0), QStringLiteral("0.1 0.2 0.5 1"));
    EXPECT_EQ(labels(std::log10(0.21), std::log10(0.45)), QStringLiteral("0.3 0.4"));
    EXPECT_EQ(labels(-5.0, -3.0), QStringLiteral("1e−5 1e−4 1e−3"));
    EXPECT_EQ(labels(std::log10(0.315), std::log10(0.385)), QStringLiteral("0.32 0.34 0.36 0.38"));
    for (const auto& tick : logTicks(-1.0, 0.0))
        EXPECT_NEAR(std::pow(10.0, tick.position), tick.label.toDouble(), 1e-12);
}

TEST(LogTicks, AreWhereTheirPointsAre) {
    ScatterData data;
    data.diagonal = false;
    data.logarithmic = true;
    data.x = AxisRange{0.0, 1.0};
    data.y = AxisRange{-2.0, 0.0};
    data.points = {{std::nullopt, 0.5, 0.1, 0, {}}, {std::nullopt, 0.5, 0.0, 0, {}}};
    const auto frame = scatterFrame(data, 1.0, {300.0, 300.0}, theme());
    const auto place = placeOf(data, data.points[0], frame);
    ASSERT_TRUE(place);
    EXPECT_NEAR(place->y(), frame.toY(-1.0), 1e-9);
    EXPECT_FALSE(placeOf(data, data.points[1], frame)) << "0 has no logarithm";
}

} // namespace
} // namespace residuum

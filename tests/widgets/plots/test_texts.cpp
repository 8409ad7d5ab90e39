// Every text of a plot is whole, inside its plot, and touches no other: at the widths that three
// and six models have beside the inspector in a window of 1280 pixels.
#include "widgets/plots/chart_drawing.h"
#include "widgets/plots/heatmap_drawing.h"
#include "widgets/plots/scatter_drawing.h"

#include "support/text_recorder.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QPainter>
#include <QPalette>

#include <array>
#include <cmath>
#include <functional>

namespace residuum {
namespace {

constexpr double threeColumns = 280.0, sixColumns = 136.0, height = 210.0;

PlotTheme theme() {
    return PlotTheme::of(QPalette(), QFont());
}

std::vector<test::PaintedText> textsOf(const QSizeF& size,
                                       const std::function<void(QPainter&)>& draw) {
    test::TextRecorder recorder(size);
    QPainter painter(&recorder);
    draw(painter);
    painter.end();
    return recorder.texts;
}

void expectReadable(const std::vector<test::PaintedText>& texts, const QSizeF& size,
                    const std::string& what) {
    const QRectF inside = QRectF(QPointF(), size).adjusted(-1.0, -1.0, 1.0, 1.0);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto& [text, rect, pixels] = texts[i];
        EXPECT_TRUE(inside.contains(rect))
            << what << ": “" << text.toStdString() << "” leaves the plot: " << rect.left() << ".."
            << rect.right() << ", " << rect.top() << ".." << rect.bottom();
        EXPECT_FALSE(text.contains(QChar(0x2026))) << what << ": “" << text.toStdString() << "”";
        for (std::size_t j = i + 1; j < texts.size(); ++j) {
            const QRectF both = rect & texts[j].rect;
            EXPECT_FALSE(both.width() > 1.0 && both.height() > 0.3 * pixels)
                << what << ": “" << text.toStdString() << "” lies on “"
                << texts[j].text.toStdString() << "”";
        }
    }
}

HeatmapData components(int layers, int heads) {
    HeatmapData data;
    auto& grid = data.grid;
    grid.rows = layers + 1;
    grid.halfRows = 1;
    grid.columns = heads + 4.5;
    for (int h = 0; h < heads; ++h)
        grid.columnTicks.push_back({h + 0.5, QString::number(h)});
    grid.columnTicks.push_back({heads + 1.0, QStringLiteral("MLP")});
    grid.columnTicks.push_back({heads + 3.5, QStringLiteral("bias")});
    grid.rowTicks.push_back({0.2, QStringLiteral("E|P")});
    for (int l = 0; l < layers; ++l)
        grid.rowTicks.push_back({l + 1.5, QString::number(l)});
    grid.columnTitle = QStringLiteral("head");
    grid.rowTitle = QStringLiteral("layer");
    for (int l = 0; l < layers; ++l)
        for (int h = 0; h < heads; ++h) {
            grid.cells.push_back({std::nullopt, l + 1, double(h), 1.0, {}});
            data.values.push_back(std::sin(l * heads + h));
        }
    return data;
}

ScatterData scatter() {
    ScatterData data;
    data.groups = {QStringLiteral("heads"), QStringLiteral("MLPs"),
                   QStringLiteral("embeddings, biases")};
    data.xTitle = QStringLiteral("direct effect (LN recomputed) [logits]");
    data.yTitle = QStringLiteral("DLA (LN frozen) [logits]");
    for (int i = 0; i < 60; ++i)
        data.points.push_back({std::nullopt, std::sin(i), std::sin(i) * 0.9, i % 3, {}});
    return data;
}

ScatterData logScatter() {
    auto data = scatter();
    data.diagonal = false;
    data.logarithmic = true;
    data.xTitle = QStringLiteral("norm of output vector");
    data.yTitle = QStringLiteral("LogitVar");
    data.x = AxisRange{0.4, 3.1};
    data.y = AxisRange{-3.2, 0.4};
    return data;
}

ChartData boxes(int neurons) {
    ChartData data;
    data.xTitle = QStringLiteral("neuron of layer 11");
    data.yTitle = QStringLiteral("|Δ entropy| [nats]");
    data.logarithmic = true;
    const std::array<int, 12> places{2123, 2870, 2378, 1611, 2910, 584,
                                     136,  58,   3001, 12,   777,  1999};
    for (int n = 0; n < neurons; ++n)
        data.categories.push_back(
            {std::nullopt, QString::number(places[static_cast<std::size_t>(n)])});
    data.categories.push_back({std::nullopt, QStringLiteral("random")});
    for (const bool frozen : {false, true}) {
        ChartSeries series;
        series.name = frozen ? QStringLiteral("LN frozen") : QStringLiteral("total");
        series.hollow = frozen;
        series.boxes.assign(data.categories.size(), BoxStats{1e-5, 1e-3, 2e-3, 3e-3, 0.02, 4e-3});
        data.series.push_back(series);
    }
    return data;
}

ChartData curves() {
    auto data = boxes(0);
    data.categories.clear();
    data.logarithmic = false;
    data.xTitle = QStringLiteral("neurons ablated together");
    for (auto& series : data.series) {
        series.boxes.clear();
        for (const int count : {1, 2, 4, 8, 16, 32, 64})
            series.curve.emplace_back(count, 0.01 * count);
    }
    return data;
}

class Texts : public ::testing::TestWithParam<double> {
  protected:
    QSizeF size{GetParam(), height};
};

TEST_P(Texts, OfHeatmapsAreWhole) {
    for (const auto& [layers, heads] : {std::pair(4, 4), std::pair(12, 12), std::pair(48, 25)}) {
        const auto data = components(layers, heads);
        const auto frame = heatmapFrame(data.grid, size, theme());
        expectReadable(
            textsOf(size, [&](QPainter& painter) { drawFrame(painter, frame, theme()); }), size,
            std::to_string(layers) + " layers");
        EXPECT_GE(frame.yLabels.size(), 5U) << "ticks are thinned, not gone";
        EXPECT_EQ(frame.yLabels.front().text, QStringLiteral("E|P"));
    }
}

TEST_P(Texts, OfScattersAreWhole) {
    for (const auto& data : {scatter(), logScatter()}) {
        const auto frame = scatterFrame(data, 1.0, size, theme());
        expectReadable(
            textsOf(size, [&](QPainter& painter) { drawScatter(painter, data, frame, theme()); }),
            size, data.yTitle.toStdString());
        EXPECT_GE(frame.yLabels.size(), 3U);
    }
}

TEST_P(Texts, OfChartsAreWhole) {
    for (const auto& data : {boxes(6), boxes(12), curves()}) {
        const auto frame = chartFrame(data, *valueRange(data), size, theme());
        expectReadable(
            textsOf(size, [&](QPainter& painter) { drawChart(painter, data, frame, theme()); }),
            size, std::to_string(data.categories.size()) + " categories");
    }
}

INSTANTIATE_TEST_SUITE_P(Columns, Texts, ::testing::Values(threeColumns, sixColumns));

} // namespace
} // namespace residuum

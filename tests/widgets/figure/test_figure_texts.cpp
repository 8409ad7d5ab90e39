// Figures in one column of a paper: every text is at least 6 points high, whole, on the page, and
// touches no other.
#include "widgets/figure/figure_layout.h"

#include "support/text_recorder.h"

#include <gtest/gtest.h>

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace residuum {
namespace {

const QStringList models{"original", "vanilla", "ln-free", "original − ln-free", "e", "f"};

HeatmapFigure heatmap(int layers, int heads, bool clips) {
    HeatmapFigure figure;
    auto& grid = figure.data.grid;
    grid.rows = layers + 1;
    grid.halfRows = 1;
    grid.columns = heads;
    grid.rowTicks.push_back({0.2, QStringLiteral("E|P")});
    for (int l = 0; l < layers; ++l)
        grid.rowTicks.push_back({l + 1.5, QString::number(l)});
    for (int h = 0; h < heads; ++h)
        grid.columnTicks.push_back({h + 0.5, QString::number(h)});
    grid.rowTitle = QStringLiteral("layer");
    grid.columnTitle = QStringLiteral("head");
    for (int l = 0; l < layers; ++l)
        for (int h = 0; h < heads; ++h) {
            grid.cells.push_back({std::nullopt, l + 1, double(h), 1.0, {}});
            figure.data.values.push_back(std::sin(l * heads + h));
        }
    figure.data.scale.unit = QStringLiteral("logits");
    if (clips) {
        figure.data.values[1] = 9.92;
        figure.data.values[2] = -9.92;
    }
    fitScale(figure.data.scale, figure.data.values, {});
    return figure;
}

ScatterFigure scatter() {
    ScatterFigure figure;
    figure.data.groups = {QStringLiteral("heads"), QStringLiteral("MLPs"),
                          QStringLiteral("embeddings, biases")};
    figure.data.xTitle = QStringLiteral("direct effect (LN recomputed) [logits]");
    figure.data.yTitle = QStringLiteral("DLA (LN frozen) [logits]");
    for (int i = 0; i < 40; ++i)
        figure.data.points.push_back({std::nullopt, std::cos(i), std::cos(i) + 0.1, i % 3, {}});
    return figure;
}

ChartFigure boxes() {
    ChartFigure figure;
    figure.data.xTitle = QStringLiteral("neuron of layer 11");
    figure.data.yTitle = QStringLiteral("|Δ entropy| [nats]");
    figure.data.logarithmic = true;
    for (const auto* name : {"2123", "2870", "2378", "1611", "2910", "584", "random"})
        figure.data.categories.push_back({std::nullopt, QString::fromLatin1(name)});
    for (const auto* name : {"total", "LN frozen", "another with a long name"}) {
        ChartSeries series;
        series.name = QString::fromLatin1(name);
        series.boxes.assign(7, BoxStats{1e-5, 1e-3, 2e-3, 3e-3, 0.02, 4e-3});
        figure.data.series.push_back(series);
    }
    figure.range = *valueRange(figure.data);
    return figure;
}

Figure figureOf(int count, const FigureContent& content) {
    Figure figure;
    figure.quantity = QStringLiteral("DLA (LN frozen)");
    for (int i = 0; i < count; ++i)
        figure.panels.push_back({models[i], QStringLiteral("LayerNorm"), {}, content});
    return figure;
}

void expectReadable(const Figure& figure, double width, double points, const std::string& what) {
    FigureStyle style;
    style.width = width;
    style.fontSize = points;
    const FigureLayout layout(figure, style);
    test::TextRecorder recorder(layout.size());
    QPainter painter(&recorder);
    layout.paint(painter);
    painter.end();
    const double point = unitsPerPoint;
    const auto page = QRectF(QPointF(), layout.size()).adjusted(-point, -point, point, point);
    ASSERT_FALSE(recorder.texts.empty());
    for (std::size_t i = 0; i < recorder.texts.size(); ++i) {
        const auto& [text, rect, pixels] = recorder.texts[i];
        EXPECT_GE(pixels, 5.99 * point) << what << ": “" << text.toStdString() << "”";
        EXPECT_TRUE(page.contains(rect))
            << what << ": “" << text.toStdString() << "” leaves the page by "
            << std::max({-rect.left(), rect.right() - layout.size().width(), -rect.top(),
                         rect.bottom() - layout.size().height()}) /
                   point
            << " points";
        EXPECT_FALSE(text.contains(QChar(0x2026))) << what << ": “" << text.toStdString() << "”";
        for (std::size_t j = i + 1; j < recorder.texts.size(); ++j) {
            const QRectF both = rect & recorder.texts[j].rect;
            EXPECT_FALSE(both.width() > point && both.height() > 0.3 * pixels)
                << what << ": “" << text.toStdString() << "” lies on “"
                << recorder.texts[j].text.toStdString() << "”";
        }
    }
}

TEST(FigureTexts, AreReadableAtColumnWidth) {
    for (const auto& [inches, points] :
         {std::pair(3.25, 7.0), std::pair(3.03, 7.0), std::pair(5.5, 8.0)})
        for (const int count : {1, 3, 4, 6}) {
            const auto what = std::to_string(count) + " at " + std::to_string(inches) + " in, ";
            for (const bool clips : {false, true}) {
                expectReadable(figureOf(count, heatmap(12, 12, clips)), 72.0 * inches, points,
                               what + "12 layers");
                expectReadable(figureOf(count, heatmap(48, 25, clips)), 72.0 * inches, points,
                               what + "48 layers");
            }
            expectReadable(figureOf(count, scatter()), 72.0 * inches, points, what + "scatter");
            expectReadable(figureOf(count, boxes()), 72.0 * inches, points, what + "boxes");
        }
}

TEST(FigureTexts, ValuesArePrintedInCellsThatHaveRoom) {
    const FigureLayout layout(figureOf(1, heatmap(3, 4, false)), {});
    test::TextRecorder recorder(layout.size());
    QPainter painter(&recorder);
    layout.paint(painter);
    painter.end();
    const auto has = [&](const QString& text) {
        return std::any_of(recorder.texts.begin(), recorder.texts.end(),
                           [&](const auto& painted) { return painted.text == text; });
    };
    for (const int cell : {1, 5, 11})
        EXPECT_TRUE(has(threeDigits(std::sin(cell)))) << cell;
}

TEST(FigureTexts, TheBarSaysWhatItsEndsLeaveOut) {
    const FigureLayout layout(figureOf(2, heatmap(12, 12, true)), {});
    test::TextRecorder recorder(layout.size());
    QPainter painter(&recorder);
    layout.paint(painter);
    painter.end();
    QStringList texts;
    for (const auto& painted : recorder.texts)
        texts << painted.text;
    EXPECT_TRUE(texts.contains(QStringLiteral("1 to 9.92"))) << texts.join(u'|').toStdString();
    EXPECT_TRUE(texts.contains(QStringLiteral("1 to −9.92")));
    EXPECT_TRUE(texts.contains(QStringLiteral("DLA (LN frozen) [logits], robust limit")));
}

} // namespace
} // namespace residuum

#include "widgets/plots/token_strip_drawing.h"
#include "widgets/plots/token_strip_view.h"

#include <QImage>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace residuum {
namespace {

/// One of as many things as a test needs.
Thing thingOf(int number) {
    return Neuron{LayerIndex(0), NeuronIndex(number)};
}

TokenStrips strips(int tokens) {
    TokenStrips strips;
    for (int t = 0; t < tokens; ++t)
        strips.tokens << QStringLiteral("·token%1").arg(t);
    for (const int id : {7, 9}) {
        TokenStripBlock block{thingOf(id), QStringLiteral("L3N%1").arg(id), {}};
        for (const auto& model : {QStringLiteral("original"), QStringLiteral("ln-free")})
            block.rows.push_back({model, std::vector<double>(std::size_t(tokens), 0.5)});
        strips.blocks.push_back(block);
    }
    return strips;
}

PlotTheme theme() {
    return PlotTheme::onPaper(QStringLiteral("DejaVu Sans"), 8.0, 1.0);
}

TEST(TokenStrips, LinesBreakAtTheSameTokensInEveryRowAndStayInside) {
    const auto data = strips(40);
    const auto layout = layOutTokenStrips(data, 300.0, theme());
    ASSERT_EQ(layout.cells.size(), 2U * 2U * 40U);
    std::vector<std::vector<double>> lefts(4, std::vector<double>(40));
    double lowest = 0.0;
    for (const auto& cell : layout.cells) {
        EXPECT_GE(cell.rect.left(), 0.0);
        EXPECT_LE(cell.rect.right(), 300.0);
        lowest = std::max(lowest, cell.rect.bottom());
        lefts[cell.block * 2 + cell.row][cell.token] = cell.rect.left();
    }
    for (std::size_t row = 1; row < 4; ++row)
        EXPECT_EQ(lefts[row], lefts[0]);
    EXPECT_LE(lowest, layout.height + 1.0);
    for (std::size_t i = 0; i < layout.cells.size(); ++i)
        for (std::size_t j = i + 1; j < layout.cells.size(); ++j)
            EXPECT_FALSE(layout.cells[i]
                             .rect.adjusted(0.01, 0.01, -0.01, -0.01)
                             .intersects(layout.cells[j].rect));
    EXPECT_GT(layOutTokenStrips(data, 150.0, theme()).height, layout.height);
}

TEST(TokenStrips, ATokenLongerThanALineKeepsItsLine) {
    auto data = strips(2);
    data.tokens[0] = QString(400, QLatin1Char('x'));
    const auto layout = layOutTokenStrips(data, 200.0, theme());
    for (const auto& cell : layout.cells)
        EXPECT_LE(cell.rect.right(), 200.5);
}

TEST(TokenStrips, NothingIsNotDrawnAsZero) {
    auto data = strips(2);
    data.scale.limit = 1.0;
    data.blocks[0].rows[0].values = {0.0, std::numeric_limits<double>::quiet_NaN()};
    const auto layout = layOutTokenStrips(data, 300.0, theme());
    QImage image(300, static_cast<int>(layout.height) + 2, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    drawTokenStrips(painter, data, layout, theme(), {});
    painter.end();
    int colours = 0; // of the hatching
    const auto rect = layout.cells[1].rect.toRect();
    for (int x = rect.left() + 1; x < rect.right(); ++x)
        colours += image.pixel(x, rect.bottom() - 2) != image.pixel(x - 1, rect.bottom() - 2);
    EXPECT_GT(colours, 0);
}

TEST(TokenStrips, PointersFindBlocksAndValues) {
    TokenStripView view;
    view.resize(400, 200);
    view.setStrips(strips(3));
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    EXPECT_EQ(view.thingAt(view.centreOf(thingOf(9))), thingOf(9));
    QSignalSpy hovered(&view, &TokenStripView::hovered), clicked(&view, &TokenStripView::clicked);
    QTest::mouseMove(&view, view.centreOf(thingOf(7)));
    QTest::mouseClick(&view, Qt::LeftButton, {}, view.centreOf(thingOf(7)));
    ASSERT_EQ(clicked.size(), 1);
    EXPECT_EQ(clicked.front().front().value<Thing>(), thingOf(7));
    EXPECT_GE(view.heightForWidth(100), view.heightForWidth(400));
}

TEST(TokenStrips, WhatIsStaleIsDimmed) {
    TokenStripView view;
    view.resize(400, 200);
    view.setStrips(strips(3));
    view.show();
    const auto before = view.grab().toImage();
    view.setStale(true);
    EXPECT_NE(view.grab().toImage(), before);
    view.setStale(false);
    EXPECT_EQ(view.grab().toImage(), before);
}

} // namespace
} // namespace residuum

// A part of a heatmap: by wheel, drag and keys; found where it is drawn; kept while data change.
#include "widgets/plots/heatmap_view.h"

#include "support/text_recorder.h"

#include <QApplication>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <gtest/gtest.h>

#include <cmath>

namespace residuum {
namespace {

constexpr int layers = 12, positions = 302;

Thing place(int layer, int position) {
    return Position{LayerIndex(layer), PositionIndex(position)};
}

HeatmapData longPrompt() {
    HeatmapData data;
    data.grid.rows = layers;
    data.grid.columns = positions;
    data.grid.columnTitle = QStringLiteral("position");
    data.grid.rowTitle = QStringLiteral("layer");
    for (int layer = 0; layer < layers; ++layer)
        for (int position = 0; position < positions; ++position) {
            data.grid.cells.push_back({place(layer, position), layer, double(position), 1.0,
                                       QStringLiteral("L%1 pos %2").arg(layer).arg(position)});
            data.values.push_back(std::sin(layer * positions + position));
        }
    for (int position = 0; position < positions; ++position)
        data.grid.columnTicks.push_back(
            {position + 0.5, QString::number(position), QStringLiteral("·tok%1").arg(position)});
    for (int layer = 0; layer < layers; ++layer)
        data.grid.rowTicks.push_back({layer + 0.5, QString::number(layer)});
    return data;
}

class Zoom : public ::testing::Test {
  protected:
    Zoom() {
        view.resize(395, 280);
        view.setData(longPrompt());
        view.show();
        EXPECT_TRUE(QTest::qWaitForWindowExposed(&view));
    }

    void wheel(const QPoint& at, int notches) {
        QWheelEvent event(at, view.mapToGlobal(at), {}, {0, 120 * notches}, Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&view, &event);
    }

    HeatmapView view;
};

TEST_F(Zoom, TheWheelKeepsWhatIsUnderThePointer) {
    const auto at = view.centreOf(place(6, 200));
    ASSERT_EQ(view.thingAt(at), place(6, 200));
    QSignalSpy chosen(&view, &HeatmapView::partChosen);
    for (int notch = 0; notch < 8; ++notch) {
        wheel(at, 1);
        const auto there = view.thingAt(at);
        ASSERT_TRUE(there);
        EXPECT_NEAR(std::get<Position>(*there).at.value, 200, 1);
    }
    EXPECT_EQ(chosen.size(), 8);
    EXPECT_LT(view.part().width(), positions / 5.0);
    EXPECT_EQ(view.part().height(), layers) << "narrow cells get wide first";
    for (const int position : {198, 200, 202})
        EXPECT_EQ(view.thingAt(view.centreOf(place(6, position))), place(6, position));
    EXPECT_TRUE(view.centreOf(place(6, 0)).isNull()) << "outside";
    wheel(at, -40);
    EXPECT_EQ(view.part(), QRectF(0, 0, positions, layers));
}

TEST_F(Zoom, DragsMoveAndClickNothing) {
    view.setPart({100.0, 0.0, 20.0, 12.0});
    QSignalSpy clicked(&view, &HeatmapView::clicked);
    const auto from = view.centreOf(place(3, 110));
    ASSERT_FALSE(from.isNull());
    const auto before = view.thingAt(from);
    QTest::mousePress(&view, Qt::LeftButton, {}, from);
    const auto to = from + QPoint(60, 0);
    QMouseEvent move(QEvent::MouseMove, to, view.mapToGlobal(to), Qt::NoButton, Qt::LeftButton,
                     Qt::NoModifier);
    QApplication::sendEvent(&view, &move);
    QTest::mouseRelease(&view, Qt::LeftButton, {}, to);
    EXPECT_EQ(clicked.size(), 0);
    EXPECT_LT(view.part().left(), 99.0);
    EXPECT_EQ(view.thingAt(to), before) << "what was taken hold of moves along";
    QTest::mouseClick(&view, Qt::LeftButton, {}, to);
    EXPECT_EQ(clicked.size(), 1);
    QTest::mouseDClick(&view, Qt::LeftButton, {}, to);
    EXPECT_EQ(view.part(), QRectF(0, 0, positions, layers)) << "a double click shows all";
}

TEST_F(Zoom, KeysZoomAndReset) {
    view.setFocus(Qt::TabFocusReason);
    QTest::keyClick(&view, Qt::Key_Plus);
    EXPECT_LT(view.part().width(), positions);
    QTest::keyClick(&view, Qt::Key_Plus, Qt::ShiftModifier);
    const double narrow = view.part().width();
    QTest::keyClick(&view, Qt::Key_Minus);
    EXPECT_GT(view.part().width(), narrow);
    QTest::keyClick(&view, Qt::Key_0);
    EXPECT_EQ(view.part(), QRectF(0, 0, positions, layers));
    // What the arrows come to is shown.
    view.setPart({0.0, 0.0, 10.0, 12.0});
    view.setHovered(place(0, 9));
    QTest::keyClick(&view, Qt::Key_Right);
    EXPECT_FALSE(view.centreOf(place(0, 10)).isNull());
}

TEST_F(Zoom, StaysWhileDataChangeAndLiesInTheGrid) {
    const QRectF part(280.0, 0.0, 20.0, 12.0);
    view.setPart(part);
    auto data = longPrompt();
    data.values[0] = 7.0;
    view.setData(data);
    EXPECT_EQ(view.part(), part);
    data.grid.columns = 200.0; // a shorter prompt
    view.setData(data);
    EXPECT_EQ(view.part(), QRectF(180.0, 0.0, 20.0, 12.0));
}

TEST_F(Zoom, TokensAndValuesAppearWhereTheyHaveRoom) {
    const auto textsOf = [&](const QRectF& part) {
        const auto theme = PlotTheme::of(view.palette(), view.font());
        const auto data = longPrompt();
        const QSizeF size(395, 280);
        const auto frame = heatmapFrame(data.grid, size, theme, part);
        test::TextRecorder recorder(size);
        QPainter painter(&recorder);
        drawCells(painter, data, frame, theme);
        drawFrame(painter, frame, theme);
        painter.end();
        QStringList texts;
        for (const auto& painted : recorder.texts)
            texts << painted.text;
        return texts;
    };
    const auto all = textsOf({});
    EXPECT_TRUE(all.filter(QStringLiteral("tok")).isEmpty()) << all.join(u' ').toStdString();
    EXPECT_FALSE(all.contains(threeDigits(std::sin(0.0 + 201))));
    const auto near = textsOf({200.0, 0.0, 5.0, 12.0});
    EXPECT_TRUE(near.contains(QStringLiteral("·tok201 201"))) << near.join(u' ').toStdString();
    EXPECT_TRUE(near.contains(threeDigits(std::sin(0.0 + 201)))) << near.join(u' ').toStdString();
    EXPECT_FALSE(near.contains(threeDigits(std::sin(0.0 + 206)))) << "outside the part";
}

TEST(HalfRows, AreHalfAsHighAndFoundWhereTheyAre) {
    HeatmapView view;
    view.resize(300, 300);
    HeatmapData data;
    data.grid.rows = 5;
    data.grid.halfRows = 1;
    data.grid.columns = 3.0;
    for (int row = 0; row < 5; ++row)
        for (int column = 0; column < 3; ++column) {
            data.grid.cells.push_back({place(row, column), row, double(column), 1.0, {}});
            data.values.push_back(1.0);
        }
    view.setData(data);
    const auto yOf = [&](int row) { return view.centreOf(place(row, 1)).y(); };
    EXPECT_NEAR(yOf(1) - yOf(0), 0.75 * (yOf(3) - yOf(2)), 1.5);
    for (int row = 0; row < 5; ++row)
        EXPECT_EQ(view.thingAt(view.centreOf(place(row, 1))), place(row, 1)) << row;
}

} // namespace
} // namespace residuum

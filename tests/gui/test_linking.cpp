// Hover and pins are the same in every view.
#include "widgets/plots/colour_bar.h"
#include "window_fixture.h"

#include <QListWidget>

namespace residuum::test {
namespace {

TEST_F(WindowTest, HoverMarksEverywhereAndFillsTheInspector) {
    openDemo();
    const auto head = headOf(2, 3);
    const auto before = panel().heatmap(2)->grab().toImage();
    auto* view = panel().heatmap(0);
    auto* child = view->childAt(view->centreOf(head));
    QWidget* receiver = child == nullptr ? view : child;
    QTest::mouseMove(receiver, receiver->mapFrom(view, view->centreOf(head)));
    ASSERT_TRUE(waitFor([&] { return workspace().hovered() == head; }, 2000));
    EXPECT_NE(panel().heatmap(2)->grab().toImage(), before) << "marked in another column";
    const auto text = window->inspector().plainText();
    EXPECT_TRUE(text.contains(QStringLiteral("L2H3")));
    for (const auto* part :
         {"original", "vanilla", "ln-free", "LN frozen", "LN recomputed", "0.0000 %"})
        EXPECT_TRUE(text.contains(QString::fromLatin1(part))) << part;
}

TEST_F(WindowTest, ClickPinsEverywhereAndUndoUnpins) {
    openDemo();
    clickAt(panel().heatmap(1), headOf(1, 6));
    ASSERT_EQ(workspace().state().pins.size(), 1u);
    EXPECT_EQ(workspace().state().pins[0].thing, headOf(1, 6));
    auto* pins = window->inspector().findChild<QListWidget*>();
    ASSERT_EQ(pins->count(), 1);
    EXPECT_EQ(pins->item(0)->text(), QStringLiteral("L1H6"));
    workspace().setHovered(std::nullopt);
    EXPECT_TRUE(window->inspector().plainText().contains(QStringLiteral("L1H6")))
        << "the last pin is shown while nothing is hovered";
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(workspace().state().pins.empty());
    EXPECT_EQ(pins->count(), 0);
}

TEST_F(WindowTest, AZoomIsTheSameInEveryColumnAndStays) {
    openDemo();
    workspace().setDifference(std::pair(0, 2));
    ASSERT_TRUE(settle());
    auto* view = panel().heatmap(0);
    const auto all = view->part();
    view->setFocus(Qt::TabFocusReason);
    for (int press = 0; press < 3; ++press)
        QTest::keyClick(view, Qt::Key_Plus);
    const auto part = view->part();
    ASSERT_LT(part.width(), all.width());
    const auto everywhere = [&] {
        return panel().heatmap(0)->part() == part && panel().heatmap(2)->part() == part &&
               panel().differenceHeatmap()->part() == part;
    };
    EXPECT_TRUE(everywhere());
    workspace().setPosition(workspace().state().position - 1);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(everywhere()) << "other data, the same part";
    workspace().setDifference(std::pair(0, 1)); // new columns
    ASSERT_TRUE(settle());
    EXPECT_TRUE(everywhere());
    QTest::keyClick(panel().heatmap(1), Qt::Key_0);
    EXPECT_EQ(panel().heatmap(0)->part(), all);
}

TEST_F(WindowTest, TheDifferenceHasABarAndAScaleOfItsOwn) {
    openDemo();
    workspace().setDifference(std::pair(0, 2));
    ASSERT_TRUE(settle());
    const auto& shown = panel().differenceHeatmap()->data();
    ColourScale own = shown.scale;
    fitScale(own, shown.values, {});
    EXPECT_EQ(shown.scale.limit, own.limit);
    const ColourBar* bar = nullptr;
    for (const auto* each : panel().findChildren<ColourBar*>())
        if (each->accessibleName().contains(QStringLiteral("difference")) && each->isVisible())
            bar = each;
    ASSERT_NE(bar, nullptr);
    EXPECT_EQ(bar->scale(), shown.scale);
    EXPECT_TRUE(bar->lockRect().isNull()) << "it is the models' scale that one locks";
    EXPECT_GE(bar->mapTo(&panel(), QPoint()).x(),
              panel().differenceHeatmap()->mapTo(&panel(), QPoint()).x() +
                  panel().differenceHeatmap()->width());
}

TEST_F(WindowTest, ScatterPinsTheSameComponent) {
    openDemo();
    // The strongest head stands apart from the others.
    std::optional<Thing> strongest;
    double most = 0.0;
    for (const auto& point : panel().scatter(0)->data().points) {
        if (std::abs(point.x) > most) {
            most = std::abs(point.x);
            strongest = point.thing;
        }
    }
    clickAt(panel().scatter(0), *strongest);
    ASSERT_EQ(workspace().state().pins.size(), 1u);
    EXPECT_EQ(workspace().state().pins[0].thing, strongest);
}

} // namespace
} // namespace residuum::test

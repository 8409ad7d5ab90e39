// Hover and pins are the same in every view.
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

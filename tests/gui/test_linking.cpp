// Hover and pins are the same in every view.
#include "widgets/plots/colour_bar.h"
#include "window_fixture.h"

#include "widgets/panels/pin_list.h"
#include "widgets/plots/colour_scale.h"

#include <QAction>

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
    for (const auto* part : {"original", "vanilla", "ln-free", "LN frozen", "LN recomputed", "0 %"})
        EXPECT_TRUE(text.contains(QString::fromLatin1(part))) << part;
}

TEST_F(WindowTest, ClickPinsEverywhereAndUndoUnpins) {
    openDemo();
    clickAt(panel().heatmap(1), headOf(1, 6));
    ASSERT_EQ(workspace().state().pins.size(), 1u);
    EXPECT_EQ(workspace().state().pins[0].thing, headOf(1, 6));
    auto* pins = window->inspector().pins();
    ASSERT_EQ(pins->topLevelItemCount(), 1);
    EXPECT_EQ(pins->topLevelItem(0)->text(0), QStringLiteral("L1H6"));
    workspace().setHovered(std::nullopt);
    EXPECT_TRUE(window->inspector().plainText().contains(QStringLiteral("L1H6")))
        << "the last pin is shown while nothing is hovered";
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(workspace().state().pins.empty());
    EXPECT_EQ(pins->topLevelItemCount(), 0);
}

TEST_F(WindowTest, AClickSelectsAPinAndNeverTakesItAway) {
    openDemo();
    const auto first = headOf(1, 6), second = headOf(2, 3);
    clickAt(panel().heatmap(0), first);
    clickAt(panel().heatmap(0), second);
    clickAt(panel().heatmap(0), first);
    EXPECT_EQ(workspace().state().pins.size(), 2U);
    EXPECT_EQ(workspace().selected(), first);
    workspace().setHovered(std::nullopt);
    EXPECT_TRUE(window->inspector().plainText().startsWith(QStringLiteral("L1H6 · pin A")));

    auto* pins = window->inspector().pins();
    const auto press = [&](int row, int column) {
        const auto rect = pins->visualItemRect(pins->topLevelItem(row));
        const int x = pins->columnViewportPosition(column) + pins->columnWidth(column) / 2;
        QTest::mouseClick(pins->viewport(), Qt::LeftButton, {}, QPoint(x, rect.center().y()));
        QTest::qWait(1);
    };
    press(1, 0);
    EXPECT_EQ(workspace().state().pins.size(), 2U);
    EXPECT_EQ(workspace().selected(), second);
    press(0, 1); // its ×
    ASSERT_EQ(workspace().state().pins.size(), 1U);
    EXPECT_EQ(workspace().state().pins[0].thing, second);
    QTest::keyClick(pins, Qt::Key_Delete);
    QTest::qWait(1);
    EXPECT_TRUE(workspace().state().pins.empty());
}

TEST_F(WindowTest, ThePinListHasEveryModelsNumberAndTheSum) {
    openDemo();
    workspace().pin(headOf(1, 6));
    workspace().pin(headOf(2, 3));
    auto* pins = window->inspector().pins();
    ASSERT_EQ(pins->topLevelItemCount(), 3) << "two pins and their sum";
    ASSERT_EQ(pins->columnCount(), 5);
    for (int model = 0; model < 3; ++model) {
        const auto& result = *attributed(model).result;
        double sum = 0.0;
        for (int pin = 0; pin < 2; ++pin) {
            const auto& head =
                std::get<Component>(workspace().state().pins[static_cast<std::size_t>(pin)].thing);
            const double dla = result.dla(componentRow(head, result.model.config.n_heads),
                                          workspace().state().position);
            EXPECT_EQ(pins->topLevelItem(pin)->text(2 + model), threeDigits(dla));
            sum += dla;
        }
        EXPECT_EQ(pins->topLevelItem(2)->text(2 + model), threeDigits(sum));
    }
    // The panel in front says which number it is.
    EXPECT_TRUE(pins->headerItem()->toolTip(2).contains(QStringLiteral("14 (·to)")));
    panel().toggleError();
    ASSERT_TRUE(settle());
    EXPECT_EQ(pins->topLevelItemCount(), 2) << "errors do not add up";
}

TEST_F(WindowTest, PinsAreNamedAndClearedAndThatCanBeUndone) {
    openDemo();
    workspace().pin(headOf(1, 6));
    workspace().pin(headOf(2, 3));
    auto* pins = window->inspector().pins();
    pins->topLevelItem(0)->setData(0, Qt::EditRole, QStringLiteral("name mover"));
    QTest::qWait(1);
    EXPECT_EQ(pins->topLevelItem(0)->text(0), QStringLiteral("L1H6 · name mover"));
    EXPECT_EQ(pins->topLevelItem(0)->data(0, Qt::EditRole).toString(),
              QStringLiteral("name mover"));
    const auto before = workspace().state().pins;
    for (auto* action : window->findChildren<QAction*>())
        if (action->text() == QStringLiteral("C&lear all pins"))
            action->trigger();
    EXPECT_TRUE(workspace().state().pins.empty());
    workspace().undoStack().undo();
    EXPECT_EQ(workspace().state().pins, before);
    const auto session = parseSession(toText(workspace().session()), "test");
    workspace().restore(session);
    EXPECT_EQ(workspace().state().pins, before);
    auto older = session; // from before there were letters
    for (auto& pin : older.pins)
        pin.letter = pin.note = {};
    workspace().restore(older);
    ASSERT_EQ(workspace().state().pins.size(), 2U);
    EXPECT_EQ(workspace().state().pins[1].letter, QStringLiteral("B"));
    EXPECT_EQ(workspace().state().pins[1].colour, before[1].colour);
}

TEST_F(WindowTest, WithoutAnythingLookedAtTheStrongestAreListed) {
    openDemo();
    auto text = window->inspector().plainText();
    EXPECT_TRUE(text.startsWith(QStringLiteral("At position 14 (·to)"))) << text.toStdString();
    std::optional<Component> strongest;
    double most = 0.0;
    for (int model = 0; model < 3; ++model) {
        const auto& result = *attributed(model).result;
        for (std::size_t c = 0; c < result.components.size(); ++c)
            if (const double size = std::abs(result.dla(static_cast<Eigen::Index>(c), 14));
                size > most && (result.components[c].kind == ComponentKind::Head ||
                                result.components[c].kind == ComponentKind::Mlp)) {
                most = size;
                strongest = result.components[c];
            }
    }
    EXPECT_TRUE(text.contains(QString::fromStdString(label(*strongest)))) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("Change sign")));
    EXPECT_TRUE(text.contains(QStringLiteral("ln-free: none"))) << text.toStdString();
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

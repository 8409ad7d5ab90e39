// What the window shows and does by itself.
#include "blocked_engine.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/panels/thing_table.h"
#include "widgets/plots/colour_bar.h"
#include "window_fixture.h"

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QStatusBar>
#include <QTableView>
#include <QTextBrowser>

#include <cmath>

namespace residuum::test {
namespace {

TEST_F(WindowTest, OpensOnThreeModelsAndThePapersFinding) {
    openDemo();
    for (int i = 0; i < 3; ++i) {
        ASSERT_NE(panel().heatmap(i), nullptr);
        EXPECT_FALSE(panel().heatmap(i)->values().empty());
        EXPECT_TRUE(panel().nmaeShown(i).startsWith(QStringLiteral("NMAE ")));
    }
    EXPECT_GT(attributed(0).result->nmae.heads, 1.0);
    EXPECT_GT(attributed(1).result->nmae.heads, 1.0);
    EXPECT_EQ(panel().nmaeShown(2), QStringLiteral("NMAE 0 %"));
    EXPECT_EQ(window->targetPicker().token(), workspace().tokenizer()->single(" Mary"));
    EXPECT_EQ(window->versusPicker().token(), workspace().tokenizer()->single(" John"));
}

TEST_F(WindowTest, NoComputationOnTheGuiThread) {
    openDemo();
    EXPECT_NE(workspace().engine().threadId(), std::this_thread::get_id());
    // Every result came through the engine: with it busy elsewhere nothing changes by itself.
    BlockedEngine blocked(workspace().engine());
    const auto before = attributed(0).result;
    workspace().setTarget(std::nullopt);
    QTest::qWait(50);
    EXPECT_EQ(attributed(0).result, before);
    EXPECT_TRUE(attributed(0).stale());
    blocked.release();
    ASSERT_TRUE(settle());
    EXPECT_NE(attributed(0).result, before);
    EXPECT_FALSE(attributed(0).stale());
}

TEST_F(WindowTest, NothingIsSaidOfWhatIsNotComputed) {
    openDemo();
    const auto says = [this] {
        for (const auto* label : window->statusBar()->findChildren<QLabel*>())
            if (label->text().contains(QStringLiteral("logits")))
                return true;
        return false;
    };
    EXPECT_TRUE(says());
    BlockedEngine blocked(workspace().engine());
    while (!columns().empty())
        workspace().closeModel(columns().back().id);
    workspace().openModel(QStringLiteral("demo:original"));
    EXPECT_FALSE(says()) << "|Σ − logit| ≤ 0 logits is no number";
    EXPECT_TRUE(panel().statusText().isEmpty());
    blocked.release();
    ASSERT_TRUE(settle());
    EXPECT_TRUE(says());
}

/// Plots are drawn off the GUI thread, and only for something else.
TEST_F(WindowTest, PlotsAreDrawnElsewhereAndNotAgainForNothing) {
    openDemo();
    workspace().setHovered(headOf(1, 2));
    workspace().pin(headOf(1, 3));
    EXPECT_FALSE(workspace().drawings().busy()) << "hover and pins are marks on what is there";
    const auto before = panel().heatmap(0)->values();
    workspace().setPosition(workspace().state().position - 1);
    EXPECT_TRUE(workspace().drawings().busy());
    EXPECT_EQ(panel().heatmap(0)->values(), before) << "the GUI thread did not wait";
    workspace().setPosition(workspace().state().position - 1);
    ASSERT_TRUE(settle());
    EXPECT_EQ(panel().heatmap(0)->values(),
              cellValues(*attributed(0).result, workspace().state().position, ViewMode::Dla))
        << "the last one asked for";
}

TEST_F(WindowTest, PositionKeysChangeValuesWithoutAJob) {
    openDemo();
    const auto before = panel().heatmap(0)->values();
    const int position = workspace().state().position;
    QTest::keyClick(window.get(), Qt::Key_Left);
    EXPECT_FALSE(workspace().engine().busy());
    EXPECT_EQ(workspace().state().position, position - 1);
    ASSERT_TRUE(settle());
    EXPECT_NE(panel().heatmap(0)->values(), before);
    EXPECT_EQ(window->promptStrip().position(), position - 1);
}

TEST_F(WindowTest, DifferenceIsTheSubtraction) {
    openDemo();
    QTest::keyClick(window.get(), Qt::Key_D);
    ASSERT_NE(panel().differenceHeatmap(), nullptr);
    ASSERT_TRUE(settle());
    const auto& a = panel().heatmap(0)->values();
    const auto& b = panel().heatmap(2)->values();
    const auto& difference = panel().differenceHeatmap()->values();
    ASSERT_EQ(difference.size(), a.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_DOUBLE_EQ(difference[i], a[i] - b[i]);
    QTest::keyClick(window.get(), Qt::Key_D);
    EXPECT_EQ(panel().differenceHeatmap(), nullptr);
}

TEST_F(WindowTest, OneKeyShowsTheFullColourRangeAndBack) {
    openDemo();
    attribution().lockScale(0.5);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(panel().colourBar()->scale().clips()) << "a locked scale says what it clips";
    QTest::keyClick(window.get(), Qt::Key_F);
    EXPECT_TRUE(workspace().fullRange());
    ASSERT_TRUE(settle());
    EXPECT_FALSE(panel().colourBar()->scale().clips());
    EXPECT_FALSE(panel().colourBar()->scale().locked);
    QTest::keyClick(window.get(), Qt::Key_F);
    EXPECT_FALSE(workspace().fullRange());
}

TEST_F(WindowTest, ModesShowTheirNumbers) {
    openDemo();
    const auto dla = panel().heatmap(0)->values();
    attribution().setMode(ViewMode::DirectEffect);
    ASSERT_TRUE(settle());
    const auto effect = panel().heatmap(0)->values();
    QTest::keyClick(window.get(), Qt::Key_E);
    ASSERT_TRUE(settle());
    const auto error = panel().heatmap(0)->values();
    for (std::size_t i = 0; i < dla.size(); ++i)
        EXPECT_DOUBLE_EQ(error[i], std::abs(dla[i] - effect[i]));
    EXPECT_EQ(panel().table()->model()->rowCount(), 0) << "nobody sees it";
    panel().details()->setCurrentWidget(panel().table());
    ASSERT_TRUE(settle());
    EXPECT_EQ(panel().table()->model()->rowCount(), static_cast<int>(dla.size()));
}

TEST_F(WindowTest, CommandReproducesWhatIsShown) {
    openDemo();
    const auto target = workspace().tokenizer()->single(" Mary")->value;
    const auto versus = workspace().tokenizer()->single(" John")->value;
    EXPECT_EQ(
        attribution().command(),
        QStringLiteral("residuum dla demo:original demo:vanilla demo:ln-free "
                       "--prompt='Then, Mary and John went to the store. John gave a book to' "
                       "--target '#%1' --versus '#%2' --position all -o dla.h5")
            .arg(target)
            .arg(versus));
}

TEST_F(WindowTest, ClosingMidJobExitsCleanly) {
    openWindow();
    const Purpose blocking(Lane::Prompt);
    workspace().engine().submit(
        blocking,
        [](Progress& progress) -> Delivery {
            while (true)
                progress.check();
        },
        [](const QString&) {});
    QTest::qWait(20);
    EXPECT_TRUE(workspace().engine().busy());
    EXPECT_TRUE(window->close());
    window.reset();
}

/// Who speaks to the document when it is hidden must be hidden while the document is there.
TEST_F(WindowTest, AVisibleWindowThatGoesTakesItsPanelsBeforeItsDocument) {
    for (const std::string front : {"attribution", "patching", "neurons"}) {
        openDemo();
        window->showPanel(front);
        ASSERT_TRUE(settle());
        window->promptStrip().startEditing(); // the focus is somewhere inside
        QStringList gone;
        const auto note = [&](QObject& object, const QString& name) {
            QObject::connect(&object, &QObject::destroyed, [&gone, name] { gone << name; });
        };
        note(workspace(), QStringLiteral("document"));
        note(window->panel<PatchingPanel>(), QStringLiteral("patching"));
        note(window->panel<NeuronPanel>(), QStringLiteral("neurons"));
        note(window->panel<AttributionPanel>(), QStringLiteral("attribution"));
        note(window->inspector(), QStringLiteral("inspector"));
        note(window->promptStrip(), QStringLiteral("prompt"));
        ASSERT_TRUE(window->isVisible());
        window.reset();
        ASSERT_EQ(gone.size(), 6) << front;
        EXPECT_EQ(gone.back(), QStringLiteral("document")) << front;
    }
}

TEST_F(WindowTest, LayoutIsRemembered) {
    openWindow();
    window->resize(1111, 777);
    window->close();
    window.reset();
    EXPECT_FALSE(settings()->value(QStringLiteral("geometry")).toByteArray().isEmpty());
    EXPECT_FALSE(settings()->value(QStringLiteral("layout")).toByteArray().isEmpty());
}

TEST_F(WindowTest, PlotsFollowADarkPaletteWhileRunning) {
    openDemo();
    clickAt(panel().heatmap(0), headOf(2, 3));
    clickAt(panel().heatmap(0), headOf(1, 6));
    QTest::keyClick(window.get(), Qt::Key_D);
    const auto light = QApplication::palette();
    QApplication::setPalette(darkPalette());
    QTest::qWait(50);
    const auto shown = window->grab();
    // For a look at it: RESIDUUM_TEST_PICTURES names a folder.
    if (const auto pictures = qEnvironmentVariable("RESIDUUM_TEST_PICTURES"); !pictures.isEmpty())
        shown.save(pictures + QStringLiteral("/dark.png"));
    EXPECT_LT(panel().heatmap(0)->grab().toImage().pixelColor(1, 1).lightness(), 128);
    EXPECT_LT(panel().scatter(0)->grab().toImage().pixelColor(1, 1).lightness(), 128);
    QApplication::setPalette(light);
    QTest::qWait(50);
    EXPECT_GT(panel().heatmap(0)->grab().toImage().pixelColor(1, 1).lightness(), 128);
}

TEST_F(WindowTest, EveryWidgetThatTakesFocusHasANameOrText) {
    openDemo();
    for (const auto* widget : window->findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->isWindow() ||
            widget->objectName().startsWith(QStringLiteral("qt_")))
            continue;
        const bool named = !widget->accessibleName().isEmpty() ||
                           !widget->property("text").toString().isEmpty() ||
                           (widget->parentWidget() != nullptr &&
                            !widget->parentWidget()->accessibleName().isEmpty()) ||
                           widget->inherits("QTabBar");
        EXPECT_TRUE(named) << widget->metaObject()->className();
    }
}

TEST_F(WindowTest, TheGuideHasItsText) {
    openWindow();
    for (auto* action : window->findChildren<QAction*>())
        if (action->shortcut() == QKeySequence(Qt::Key_F1))
            action->trigger();
    const auto* guide = window->findChild<QTextBrowser*>(QStringLiteral("guide"));
    ASSERT_NE(guide, nullptr);
    EXPECT_TRUE(guide->toPlainText().contains(QStringLiteral("DLA (LN frozen)")));
}

} // namespace
} // namespace residuum::test

// What is of a question that is asked no more is dimmed until its successor is there: every number,
// in plots, lines, tables, answers and the status bar; never blanked.
#include "blocked_engine.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/neuron_panel.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/panels/thing_table.h"
#include "window_fixture.h"

#include <QRegularExpression>

namespace residuum::test {
namespace {

class StaleWindow : public WindowTest {
  protected:
    /// Lines of a panel that hold a number, and whether each is dimmed.
    static std::vector<std::pair<QString, bool>> numbers(const QWidget& panel) {
        const QRegularExpression digit(QStringLiteral("\\d"));
        std::vector<std::pair<QString, bool>> lines;
        for (const auto* label : panel.findChildren<ElidedLabel*>())
            if (label->isVisible() && label->fullText().contains(digit) &&
                !label->fullText().endsWith(QStringLiteral("))"))) // of sites, beside a name
                lines.emplace_back(label->fullText(), !label->isEnabled());
        return lines;
    }
    static void expectAll(const QWidget& panel, bool dimmed) {
        const auto lines = numbers(panel);
        EXPECT_FALSE(lines.empty()) << "dimmed, never blanked";
        for (const auto& [text, isDimmed] : lines)
            EXPECT_EQ(isDimmed, dimmed) << text.toStdString();
        for (const auto* table : panel.findChildren<ThingTable*>())
            EXPECT_EQ(table->isStale(), dimmed) << table->accessibleName().toStdString();
    }
};

TEST_F(StaleWindow, EveryNumberOfAttribution) {
    openDemo();
    expectAll(panel(), false);
    EXPECT_FALSE(panel().statusText().isEmpty());
    BlockedEngine blocked(workspace().engine());
    workspace().setTarget(std::nullopt);
    ASSERT_TRUE(attributed(0).stale());
    expectAll(panel(), true);
    EXPECT_TRUE(panel().statusText().isEmpty()) << "the bound is of numbers that are not asked for";
    blocked.release();
    ASSERT_TRUE(settle());
    expectAll(panel(), false);
}

TEST_F(StaleWindow, EveryNumberOfPatchingAndTheAnswersInItsColumns) {
    openDemo();
    auto& patching = window->panel<PatchingPanel>();
    window->showPanel(patching);
    ASSERT_TRUE(settle());
    ASSERT_TRUE(waitFor([&] { return !patching.agreementShown(0).isEmpty(); }));
    expectAll(patching, false);
    BlockedEngine blocked(workspace().engine());
    workspace().setTarget(workspace().tokenizer()->single(" book"));
    QTest::qWait(20);
    expectAll(patching, true);
    blocked.release();
    ASSERT_TRUE(settle());
    expectAll(patching, false);
}

TEST_F(StaleWindow, EveryNumberOfNeuronsUnderANewAblation) {
    openDemo();
    auto& neurons = window->panel<NeuronPanel>();
    window->showPanel(neurons);
    neurons.details()->setCurrentWidget(neurons.table()->parentWidget());
    ASSERT_TRUE(settle());
    ASSERT_GT(neurons.table()->model()->rowCount(), 0);
    EXPECT_FALSE(neurons.table()->isStale());
    BlockedEngine blocked(workspace().engine());
    auto& board = workspace().board<NeuronBoard>();
    auto settings = board.settings();
    settings.ablation = settings.ablation == Ablation::Mean ? Ablation::Zero : Ablation::Mean;
    board.setSettings(settings);
    QTest::qWait(20);
    EXPECT_TRUE(neurons.table()->isStale());
    EXPECT_GT(neurons.table()->model()->rowCount(), 0) << "dimmed, never blanked";
    for (int line = 0; line < 3; ++line)
        EXPECT_FALSE(neurons.boxes(line) == nullptr);
    blocked.release();
    ASSERT_TRUE(settle());
    EXPECT_FALSE(neurons.table()->isStale());
}

} // namespace
} // namespace residuum::test

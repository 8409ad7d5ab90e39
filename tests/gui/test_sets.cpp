// Sets of prompts in the real window: opened, stepped through, asked as a whole, in sessions.
#include "app/window/history_button.h"
#include "app/window/set_band.h"
#include "app/window/set_dialogs.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/patching_panel.h"
#include "widgets/panels/prompt_answer.h"
#include "widgets/workspace/prompt_history.h"
#include "window_fixture.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QToolButton>
#include <QTreeWidget>

#include <cmath>
#include <fstream>

namespace residuum::test {
namespace {

PairRequest paper(int pairs, std::uint64_t seed = 0) {
    PairRequest request;
    request.generated = GeneratedPairs{"ioi-paper", pairs, seed};
    return request;
}

class SetWindow : public WindowTest {
  protected:
    void openSet(int pairs = 12) {
        openDemo();
        workspace().openSet(paper(pairs), QStringLiteral("ioi-paper"));
        ASSERT_TRUE(settle());
        ASSERT_TRUE(workspace().askedSet());
    }
    const PatchingBoard& patching() { return workspace().board<PatchingBoard>(); }
    const PatchAnswer& patched(int column) {
        return *patching().answer(columns()[static_cast<std::size_t>(column)].id);
    }
    bool settlePatching() {
        return waitFor([this] {
            if (workspace().busy())
                return false;
            for (std::size_t c = 0; c < columns().size(); ++c)
                if (const auto* there = patching().answer(columns()[c].id);
                    there == nullptr || !there->complete())
                    return false;
            return true;
        });
    }
    QString bandText() { return window->setBand().name()->fullText(); }
};

TEST_F(SetWindow, IsAskedAsAWholeAndSaysSo) {
    openDemo();
    EXPECT_TRUE(window->setBand().isHidden());
    workspace().openSet(paper(12), QStringLiteral("ioi-paper"));
    ASSERT_TRUE(settle());
    ASSERT_FALSE(window->setBand().isHidden());
    EXPECT_EQ(bandText(), QStringLiteral("set: ioi-paper"));
    EXPECT_EQ(window->setBand().mean()->text(), QStringLiteral("mean of 12"));
    EXPECT_TRUE(window->setBand().mean()->isChecked());
    const auto& found = attributed(0);
    ASSERT_TRUE(found.complete());
    EXPECT_EQ(found.result->rows.size(), 12U);
    EXPECT_EQ(attribution().rowOf(columns()[0]), allRows);
    const auto answer = promptAnswer(workspace(), columns()[0]);
    ASSERT_TRUE(answer && answer->isMean);
    double mean = 0.0;
    for (const auto& row : found.result->rows)
        mean += row.logit / 12.0;
    EXPECT_NEAR(answer->logit, mean, 1e-12);
    EXPECT_TRUE(answerText(*answer, nullptr).startsWith(QStringLiteral("mean Δ ")));
    const auto verdict = panel().verdict().text;
    EXPECT_TRUE(verdict.contains(QStringLiteral("mean of 12 prompts (ioi-paper)")))
        << verdict.toStdString();
    EXPECT_FALSE(verdict.contains(QStringLiteral("position 1")));
    EXPECT_TRUE(panel().numberText().contains(QStringLiteral("mean of 12")));
}

TEST_F(SetWindow, MeansAreThoseOfTheSinglePrompts) {
    openSet(4);
    const auto set = workspace().state().set;
    const Component mlp{ComponentKind::Mlp, LayerIndex(3), {}};
    const auto mean = panel().numberOf(columns()[0], mlp);
    ASSERT_TRUE(mean);
    double sum = 0.0;
    for (int i = 0; i < 4; ++i) {
        workspace().showPair(i);
        ASSERT_TRUE(settle());
        EXPECT_FALSE(workspace().asksMean());
        EXPECT_EQ(attributed(0).result->request.target.token,
                  set->pairs->tokens.answer(static_cast<std::size_t>(i)).correct);
        const auto one = panel().numberOf(columns()[0], mlp);
        ASSERT_TRUE(one);
        sum += *one / 4.0;
    }
    EXPECT_NEAR(*mean, sum, 1e-4 * (1.0 + std::abs(sum)));
}

TEST_F(SetWindow, StepsAreOneStepToUndoAndEditsAreOfThePrompt) {
    openSet();
    auto& band = window->setBand();
    const auto before = workspace().state();
    band.number()->setValue(5);
    band.number()->setValue(6);
    EXPECT_EQ(workspace().state().pair, 5);
    EXPECT_TRUE(workspace().showsPair());
    EXPECT_TRUE(band.one()->isChecked());
    workspace().undoStack().undo();
    EXPECT_EQ(workspace().state(), before);
    workspace().undoStack().redo();
    EXPECT_EQ(workspace().state().pair, 5);
    workspace().setMean(true);
    workspace().setTarget(workspace().tokenizer()->single(" the"));
    EXPECT_FALSE(workspace().asksMean()) << "what is edited is looked at";
    EXPECT_FALSE(workspace().showsPair());
    EXPECT_EQ(band.one()->text(), QStringLiteral("this prompt, edited"));
    workspace().closeSet();
    EXPECT_TRUE(band.isHidden());
    EXPECT_TRUE(settle());
    EXPECT_EQ(attribution().rowOf(columns()[0]), workspace().state().position);
}

TEST_F(SetWindow, PatchingOfAPairOfAKnownSetIsNotComputed) {
    openSet(6);
    window->showPanel(window->panel<PatchingPanel>());
    ASSERT_TRUE(settlePatching());
    const auto whole = patched(1).result;
    ASSERT_EQ(whole->cleanMetric.size(), 6U);
    const auto view = patchViewOf(workspace());
    EXPECT_FALSE(view.prompt);
    const auto means = patchValues(*whole, PatchMethod::Exact, view);
    double sum = 0.0;
    for (Eigen::Index pair = 0; pair < 6; ++pair)
        sum += whole->find(PatchMethod::Exact, PatchSite::ResidPre)->values(pair, 12) / 6.0;
    EXPECT_NEAR(means.at(12), sum, 1e-12);
    EXPECT_TRUE(window->panel<PatchingPanel>().verdict().text.contains(
        QStringLiteral("mean of 6 prompts (ioi-paper)")));
    workspace().showPair(3);
    ASSERT_TRUE(patched(1).complete()) << "before the engine has done anything";
    const auto one = patched(1).result;
    ASSERT_EQ(one->cleanMetric.size(), 1U);
    EXPECT_EQ(one->cleanMetric[0], whole->cleanMetric[3]);
    ASSERT_TRUE(settlePatching());
    EXPECT_EQ(patched(1).result, one) << "and nothing was computed after that";
    workspace().setMean(true);
    EXPECT_EQ(patched(1).result, whole);
}

TEST_F(SetWindow, NeuronsAreMeasuredOverAllPrompts) {
    openSet(5);
    window->showPanel(window->panel<NeuronPanel>());
    ASSERT_TRUE(settle());
    const auto result = workspace().board<NeuronBoard>().result(columns()[0].id);
    ASSERT_TRUE(result);
    std::size_t scored = 0;
    for (const auto& prompt : workspace().state().set->prompts->tokens.sequences)
        scored += prompt.tokens.size() - 1;
    EXPECT_EQ(result->tokens.size(), scored);
}

TEST_F(SetWindow, FilesSayWhatWasLeftOutAndWhatIsNoSet) {
    openDemo();
    const auto file = folder.path() / "mine.jsonl";
    std::ofstream(file)
        << R"({"clean": "Mary went to", "corrupt": "John went to", "correct": " the", "incorrect": " a"})"
        << '\n'
        << R"({"clean": "Mary went to the", "corrupt": "John went", "correct": " the", "incorrect": " a"})"
        << '\n';
    window->open(QString::fromStdString(file.string()));
    ASSERT_TRUE(settle());
    ASSERT_TRUE(workspace().askedSet());
    EXPECT_EQ(bandText(), QStringLiteral("set: mine"));
    ASSERT_TRUE(window->setBand().leftOut()->isVisible());
    EXPECT_EQ(window->setBand().leftOut()->text(), QStringLiteral("1 left out"));
    auto* dialog = showLeftOut(*workspace().state().set, window.get());
    EXPECT_TRUE(
        dialog->findChild<QPlainTextEdit*>()->toPlainText().startsWith(QStringLiteral("line 2: ")));
    dialog->close();
    const auto before = workspace().state();
    std::vector<QString> refused;
    QObject::connect(&workspace(), &Workspace::setNotOpened,
                     [&](const QString& sentence) { refused.push_back(sentence); });
    std::ofstream(folder.path() / "none.jsonl") << "{\"text\": 1}\n";
    window->open(QString::fromStdString((folder.path() / "none.jsonl").string()));
    ASSERT_TRUE(settle());
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(workspace().state(), before);
}

TEST_F(SetWindow, SessionsKeepItAndTheHistory) {
    openSet(7);
    workspace().showPair(3);
    workspace().setMean(true);
    ASSERT_TRUE(settle());
    const auto session = workspace().session();
    ASSERT_TRUE(session.set);
    EXPECT_EQ(session.set->pair, 3);
    EXPECT_TRUE(session.set->mean);
    const auto read = parseSession(toText(session), "s.residuum");
    EXPECT_EQ(read.set, session.set);
    EXPECT_EQ(read.history, session.history);
    EXPECT_FALSE(read.history.empty()) << "the initial prompt was asked";
    workspace().closeSet();
    workspace().restore(read);
    EXPECT_TRUE(bandText().contains(QStringLiteral("is being read")) ||
                bandText().contains(QStringLiteral("Open a model")));
    ASSERT_TRUE(settle());
    ASSERT_TRUE(workspace().askedSet());
    EXPECT_EQ(workspace().state().pair, 3);
    EXPECT_EQ(workspace().askedSet()->size(), 7);
    EXPECT_TRUE(attributed(0).complete());
    EXPECT_EQ(attributed(0).result->rows.size(), 7U);
    const auto command = attribution().command();
    EXPECT_TRUE(command.contains(QStringLiteral("--task ioi-paper --pairs 7 --seed 0")))
        << command.toStdString();
    EXPECT_TRUE(command.contains(QStringLiteral("--target correct"))) << command.toStdString();
}

TEST_F(SetWindow, ASetThatIsGoneIsNamedInTheBand) {
    openDemo();
    auto session = workspace().session();
    session.set = SessionSet{"lost", {}, 2, true};
    session.set->pairs.file = folder.path() / "lost.jsonl";
    workspace().restore(session);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(bandText().contains(QStringLiteral("is not open"))) << bandText().toStdString();
    EXPECT_TRUE(bandText().contains(QStringLiteral("lost.jsonl")));
    EXPECT_FALSE(attribution().obstacle().isEmpty());
    workspace().setMean(false);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(attributed(0).complete()) << "the prompt can be asked";
}

TEST_F(SetWindow, TheHistoryIsSearchedStarredAndAskedAgain) {
    openDemo();
    auto& history = workspace().history();
    ASSERT_EQ(history.entries().size(), 1U);
    EXPECT_EQ(history.entries()[0].totals.size(), 3U);
    const auto first = workspace().state().prompt;
    const auto text = QStringLiteral("The book was on the table");
    workspace().setPrompt({text, workspace().tokenizer()->encode(text.toStdString()), false});
    ASSERT_TRUE(settle());
    ASSERT_EQ(history.entries().size(), 2U);
    EXPECT_EQ(history.entries()[0].asked.prompt.text, text);
    auto& button = window->history();
    button.open();
    ASSERT_EQ(button.entries()->topLevelItemCount(), 2);
    button.search()->setText(QStringLiteral("mary and"));
    EXPECT_TRUE(button.entries()->topLevelItem(0)->isHidden());
    QTest::keyClick(button.search(), Qt::Key_Down);
    QTest::keyClick(button.entries(), Qt::Key_Space);
    EXPECT_TRUE(history.entries()[1].isStarred);
    QTest::keyClick(button.entries(), Qt::Key_Return);
    EXPECT_FALSE(button.list()->isVisible());
    EXPECT_EQ(workspace().state().prompt, first);
    ASSERT_TRUE(settle());
    EXPECT_EQ(history.entries()[0].asked.prompt, first) << "the last one first";
    workspace().undoStack().undo();
    EXPECT_EQ(workspace().state().prompt.text, text);
    int left = 0;
    const auto pairs = history.starredPairs(left);
    ASSERT_EQ(pairs.pairs.size(), 1U);
    EXPECT_EQ(left, 0);
    EXPECT_EQ(pairs.pairs[0].correct, " Mary");
    Q_EMIT button.setWanted();
    ASSERT_TRUE(settle());
    ASSERT_TRUE(workspace().askedSet());
    EXPECT_EQ(workspace().askedSet()->size(), 1);
}

TEST_F(SetWindow, ArrowsInTheEditorBringEarlierPromptsBack) {
    openDemo();
    const auto first = workspace().state().prompt.text;
    const auto text = QStringLiteral("The book was on the table");
    workspace().setPrompt({text, workspace().tokenizer()->encode(text.toStdString()), false});
    ASSERT_TRUE(settle());
    auto& strip = window->promptStrip();
    strip.startEditing();
    auto* editor = strip.findChild<QPlainTextEdit*>();
    ASSERT_NE(editor, nullptr);
    QTest::keyClick(editor, Qt::Key_Up);
    EXPECT_EQ(editor->toPlainText(), first);
    QTest::keyClick(editor, Qt::Key_Down);
    EXPECT_EQ(editor->toPlainText(), text);
    QTest::keyClick(editor, Qt::Key_Up);
    QTest::keyClick(editor, Qt::Key_Return);
    EXPECT_EQ(workspace().state().prompt.text, first);
}

TEST_F(SetWindow, StarredQuestionsOutliveTheOthers) {
    openDemo();
    auto& history = workspace().history();
    std::vector<SessionAsked> many(PromptHistory::mostKept + 20);
    for (std::size_t i = 0; i < many.size(); ++i)
        many[i].prompt.tokens = {TokenId(static_cast<std::int64_t>(i) % 1000), TokenId(5)};
    many.back().isStarred = true;
    history.restore(many);
    const auto text = QStringLiteral("The book was on the table");
    workspace().setPrompt({text, workspace().tokenizer()->encode(text.toStdString()), false});
    ASSERT_TRUE(settle());
    EXPECT_EQ(history.entries().size(), PromptHistory::mostKept + 1);
    EXPECT_TRUE(history.entries().back().isStarred);
}

TEST_F(SetWindow, TheDialogMakesASet) {
    openDemo();
    MakeSetDialog dialog(false);
    EXPECT_EQ(dialog.choice().generated->task, "ioi-paper");
    EXPECT_EQ(dialog.choice().generated->count, 480);
    EXPECT_FALSE(dialog.choice().prependEndOfText);
}

} // namespace
} // namespace residuum::test

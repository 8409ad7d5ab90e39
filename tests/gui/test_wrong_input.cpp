// Wrong input gets a sentence in the window.
#include "window_fixture.h"

#include <QLineEdit>
#include <QPlainTextEdit>

namespace residuum::test {
namespace {

TEST_F(WindowTest, PromptEditRecomputesAndOldResultsStayDimmed) {
    openDemo();
    auto& strip = window->promptStrip();
    strip.startEditing();
    auto* editor = strip.findChild<QPlainTextEdit*>();
    editor->clear();
    QTest::keyClicks(editor, QStringLiteral("The book was lost"));
    QTest::keyClick(editor, Qt::Key_Return);
    EXPECT_TRUE(attributed(0).stale());
    ASSERT_TRUE(settle());
    EXPECT_FALSE(attributed(0).stale());
    EXPECT_EQ(attributed(2).result->rows.size(), workspace().state().prompt.tokens.size());
}

TEST_F(WindowTest, EmptyAndOverlongPromptsAreRefused) {
    openDemo();
    auto& strip = window->promptStrip();
    const auto before = workspace().state();
    strip.startEditing();
    auto* editor = strip.findChild<QPlainTextEdit*>();
    editor->clear();
    QTest::keyClick(editor, Qt::Key_Return);
    EXPECT_TRUE(strip.message().contains(QStringLiteral("empty")));
    editor->setPlainText(QStringLiteral("the store ").repeated(200));
    QTest::keyClick(editor, Qt::Key_Return);
    EXPECT_TRUE(strip.message().contains(QStringLiteral("holds 128")))
        << strip.message().toStdString();
    QTest::keyClick(editor, Qt::Key_Escape);
    EXPECT_EQ(workspace().state(), before);
}

TEST_F(WindowTest, TargetOfSeveralTokensIsRefusedWithItsSplit) {
    openDemo();
    auto* line = window->targetPicker().findChild<QLineEdit*>();
    line->selectAll();
    QTest::keyClicks(line, QStringLiteral(" Mary went"));
    QTest::keyClick(line, Qt::Key_Return);
    EXPECT_TRUE(window->targetPicker().message().contains(QStringLiteral("2 tokens")));
    EXPECT_EQ(workspace().state().target, workspace().tokenizer()->single(" Mary"));
}

TEST_F(WindowTest, TargetAndVersusMustDiffer) {
    openDemo();
    workspace().setVersus(workspace().state().target);
    EXPECT_EQ(workspace().state().versus, workspace().tokenizer()->single(" John"));
    workspace().setTarget(workspace().state().versus);
    EXPECT_FALSE(workspace().state().versus);
    ASSERT_TRUE(settle());
    EXPECT_TRUE(attributed(0).complete()) << attributed(0).sentence.toStdString();
}

TEST_F(WindowTest, FoldersThatAreNoModelsAndOtherVocabulariesSaySo) {
    openWindow({"demo:original", folder.path().string(), (golden() / "tiny-ln").string()});
    ASSERT_TRUE(settle());
    EXPECT_EQ(columns()[0].state, ModelColumn::State::Open);
    EXPECT_TRUE(columns()[1].problem.contains(QStringLiteral("config.json")))
        << columns()[1].problem.toStdString();
    EXPECT_TRUE(columns()[2].problem.contains(QStringLiteral("vocabular")))
        << columns()[2].problem.toStdString();
}

} // namespace
} // namespace residuum::test

// Wrong input gets a sentence in the window.
#include "app/window/failed_models.h"
#include "widgets/panels/elided_label.h"
#include "window_fixture.h"

#include <QLineEdit>
#include <QPlainTextEdit>
#include <QToolButton>

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
    ASSERT_EQ(columns().size(), 1u);
    EXPECT_EQ(columns()[0].state, ModelColumn::State::Open);
    const auto& failures = workspace().failures();
    ASSERT_EQ(failures.size(), 2u);
    EXPECT_TRUE(failures[0].problem.contains(QStringLiteral("config.json")))
        << failures[0].problem.toStdString();
    EXPECT_TRUE(failures[1].problem.contains(QStringLiteral("vocabular")))
        << failures[1].problem.toStdString();
}

/// One line across the window, in every tab; the other models have all the room.
TEST_F(WindowTest, AModelThatFailedIsALineWithWhatToDo) {
    const auto later = folder.path() / "later";
    openWindow({"demo:original", later.string()});
    ASSERT_TRUE(settle());
    ASSERT_EQ(columns().size(), 1u);
    const auto* lines = window->findChild<FailedModels*>();
    ASSERT_NE(lines, nullptr);
    for (const auto& question : list) {
        window->showPanel(question.panel);
        QCoreApplication::processEvents();
        EXPECT_TRUE(lines->isVisible()) << question.panel;
        EXPECT_EQ(lines->width(), window->centralWidget()->contentsRect().width() - 8);
        EXPECT_LT(lines->height(), 3 * window->fontMetrics().height());
    }
    window->showPanel("attribution");
    const auto* sentence = lines->findChild<ElidedLabel*>();
    EXPECT_TRUE(sentence->fullText().contains(QStringLiteral("later")))
        << sentence->fullText().toStdString();
    const auto press = [&](const char* text) {
        for (auto* button : lines->findChildren<QToolButton*>())
            if (button->isVisible() && button->text() == QString::fromUtf8(text))
                return button->click();
        FAIL() << text;
    };
    press("Try again");
    ASSERT_TRUE(settle());
    EXPECT_EQ(workspace().failures().size(), 1u) << "it fails again";
    std::filesystem::copy(resources() / "demo/vanilla", later);
    press("Try again");
    ASSERT_TRUE(settle());
    EXPECT_TRUE(workspace().failures().empty());
    EXPECT_FALSE(lines->isVisible());
    ASSERT_EQ(columns().size(), 2u);
    EXPECT_TRUE(columns()[1].model);
    window->open(QStringLiteral("/no/such/model"));
    ASSERT_TRUE(settle());
    EXPECT_TRUE(lines->isVisible());
    press("×");
    EXPECT_FALSE(lines->isVisible());
    EXPECT_EQ(columns().size(), 2u);
}

} // namespace
} // namespace residuum::test

#include "widgets/prompt/chip_flow.h"
#include "widgets/prompt/prompt_strip.h"
#include "widgets/prompt/token_display.h"

#include "support/paths.h"

#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>

#include <cstdio>

namespace residuum {
namespace {

class PromptStripTest : public ::testing::Test {
  protected:
    PromptStripTest() {
        strip.setTokenizer(tokenizer, 1024);
        strip.setMaximumTokens(128);
        show("Mary went to the store");
        strip.resize(700, 90);
        strip.show();
        EXPECT_TRUE(QTest::qWaitForWindowExposed(&strip));
        chips = strip.findChild<ChipFlow*>();
        editor = strip.findChild<QPlainTextEdit*>();
    }

    void show(const std::string& text) {
        tokens = tokenizer->encode(text);
        strip.setPrompt(tokens, QString::fromStdString(text), false);
        strip.setPosition(static_cast<int>(tokens.size()) - 1);
    }

    std::shared_ptr<const Tokenizer> tokenizer =
        Tokenizer::open(test::resources() / "demo/original");
    std::vector<TokenId> tokens;
    PromptStrip strip;
    ChipFlow* chips = nullptr;
    QPlainTextEdit* editor = nullptr;
};

TEST_F(PromptStripTest, ClickAndKeysPickThePosition) {
    QSignalSpy picked(&strip, &PromptStrip::positionPicked);
    QTest::mouseClick(chips, Qt::LeftButton, {}, chips->chipRect(1).center());
    QTest::keyClick(chips, Qt::Key_Left);
    QTest::keyClick(chips, Qt::Key_Home);
    ASSERT_EQ(picked.size(), 3);
    EXPECT_EQ(picked[0].at(0).toInt(), 1);
    EXPECT_EQ(picked[1].at(0).toInt(), static_cast<int>(tokens.size()) - 2);
    EXPECT_EQ(picked[2].at(0).toInt(), 0);
}

TEST_F(PromptStripTest, EnterCommitsWhatWasTyped) {
    QSignalSpy edited(&strip, &PromptStrip::promptEdited);
    strip.startEditing();
    QTest::keyClicks(editor, QStringLiteral("The book"));
    QTest::keyClick(editor, Qt::Key_Return);
    ASSERT_EQ(edited.size(), 1);
    EXPECT_EQ(edited[0].at(0).value<std::vector<TokenId>>(), tokenizer->encode("The book"));
    EXPECT_EQ(edited[0].at(1).toString(), QStringLiteral("The book"));
}

TEST_F(PromptStripTest, EscapeRevertsAndEmptyIsRefused) {
    QSignalSpy edited(&strip, &PromptStrip::promptEdited);
    strip.startEditing();
    editor->clear();
    QTest::keyClick(editor, Qt::Key_Return);
    EXPECT_TRUE(edited.isEmpty());
    EXPECT_TRUE(strip.message().contains(QStringLiteral("empty"))) << strip.message().toStdString();
    QTest::keyClick(editor, Qt::Key_Escape);
    EXPECT_TRUE(strip.message().isEmpty());
    EXPECT_TRUE(edited.isEmpty());
}

const QString everyLineEnd =
    QStringLiteral("10\u00A0000 went\r\nto\ra\u2028b\u2029c\n\uFDD0d\uFDD1");

TEST_F(PromptStripTest, EditingNothingChangesNothing) {
    QSignalSpy edited(&strip, &PromptStrip::promptEdited);
    show(everyLineEnd.toStdString());
    strip.startEditing();
    QTest::keyClick(editor, Qt::Key_Return);
    EXPECT_TRUE(edited.isEmpty());
    // A key at the end is all that is new.
    strip.startEditing();
    editor->moveCursor(QTextCursor::End);
    QTest::keyClicks(editor, QStringLiteral("!"));
    QTest::keyClick(editor, Qt::Key_Return);
    ASSERT_EQ(edited.size(), 1);
    EXPECT_EQ(edited[0].at(1).toString(), everyLineEnd + QStringLiteral("!"));
    EXPECT_EQ(edited[0].at(0).value<std::vector<TokenId>>(),
              tokenizer->encode((everyLineEnd + QStringLiteral("!")).toStdString()));
}

TEST_F(PromptStripTest, WhatIsPastedIsWhatIsUsed) {
    QSignalSpy edited(&strip, &PromptStrip::promptEdited);
    // The last has the very signs that would stand for what cannot be shown.
    const auto signs = everyLineEnd + QStringLiteral("\u240D\u2761\uE000");
    for (const auto& text : {everyLineEnd, signs}) {
        edited.clear();
        QApplication::clipboard()->setText(text);
        strip.startEditing(); // all is selected
        QTest::keyClick(editor, Qt::Key_V, Qt::ControlModifier);
        QTest::keyClick(editor, Qt::Key_Return);
        ASSERT_EQ(edited.size(), 1);
        EXPECT_EQ(edited[0].at(1).toString(), text);
    }
    // Into a text that has some already, and out again.
    show(everyLineEnd.toStdString());
    edited.clear();
    QApplication::clipboard()->setText(signs);
    strip.startEditing();
    editor->moveCursor(QTextCursor::End);
    QTest::keyClick(editor, Qt::Key_V, Qt::ControlModifier);
    QTest::keyClick(editor, Qt::Key_A, Qt::ControlModifier);
    QTest::keyClick(editor, Qt::Key_C, Qt::ControlModifier);
    QTest::keyClick(editor, Qt::Key_Return);
    ASSERT_EQ(edited.size(), 1);
    EXPECT_EQ(edited[0].at(1).toString(), everyLineEnd + signs);
    EXPECT_EQ(QApplication::clipboard()->text(), everyLineEnd + signs);
}

TEST_F(PromptStripTest, ShiftEnterIsALineFeed) {
    QSignalSpy edited(&strip, &PromptStrip::promptEdited);
    strip.startEditing();
    QTest::keyClicks(editor, QStringLiteral("a"));
    QTest::keyClick(editor, Qt::Key_Return, Qt::ShiftModifier);
    QTest::keyClicks(editor, QStringLiteral("b"));
    QTest::keyClick(editor, Qt::Key_Return);
    ASSERT_EQ(edited.size(), 1);
    EXPECT_EQ(edited[0].at(1).toString(), QStringLiteral("a\nb"));
}

TEST_F(PromptStripTest, TokensThatNoTextSpellsAreKept) {
    QSignalSpy edited(&strip, &PromptStrip::promptEdited);
    strip.setPrompt({TokenId(0xE2), TokenId(77)}, QString(), false); // half a character
    strip.startEditing();
    QTest::keyClick(editor, Qt::Key_Return);
    EXPECT_TRUE(edited.isEmpty());
    QTest::mouseClick(chips, Qt::LeftButton, {}, chips->chipRect(ChipFlow::toggleChip).center());
    ASSERT_EQ(edited.size(), 1);
    EXPECT_EQ(edited[0].at(0).value<std::vector<TokenId>>(),
              (std::vector{*tokenizer->endOfText(), TokenId(0xE2), TokenId(77)}));
}

TEST_F(PromptStripTest, AGiantPasteIsRefusedAtOnceWithASentence) {
    QApplication::clipboard()->setText(QStringLiteral("the store ").repeated(200'000));
    strip.startEditing();
    qint64 fastest = 1000;
    for (int attempt = 0; attempt < 5; ++attempt) { // others may have the processor
        QElapsedTimer clock;
        clock.start();
        QTest::keyClick(editor, Qt::Key_V, Qt::ControlModifier);
        fastest = std::min(fastest, clock.elapsed());
    }
    EXPECT_LT(fastest, 50) << "milliseconds";
    std::printf("a paste of 2 MB is refused within %lld ms\n", static_cast<long long>(fastest));
    EXPECT_TRUE(strip.message().contains(QStringLiteral("2,000,000 characters")))
        << strip.message().toStdString();
    EXPECT_TRUE(strip.message().contains(QStringLiteral("holds 128 tokens")));
    QTest::keyClicks(editor, QStringLiteral("The"));
    EXPECT_TRUE(strip.message().contains(QStringLiteral("1 token: The")))
        << strip.message().toStdString();
}

TEST(PromptStripWithoutModels, AGiantPasteIsRefusedToo) {
    PromptStrip strip;
    auto* editor = strip.findChild<QPlainTextEdit*>();
    strip.startEditing();
    QApplication::clipboard()->setText(QStringLiteral("the store ").repeated(200'000));
    QTest::keyClick(editor, Qt::Key_V, Qt::ControlModifier);
    EXPECT_EQ(editor->document()->characterCount(), 1) << "not even laid out";
    EXPECT_TRUE(strip.message().contains(QStringLiteral("without a model at most 100,000")))
        << strip.message().toStdString();
}

TEST_F(PromptStripTest, TooLongSaysHowLong) {
    strip.setMaximumTokens(3);
    strip.startEditing();
    QTest::keyClicks(editor, QStringLiteral("Mary went to the store"));
    EXPECT_TRUE(strip.message().contains(QStringLiteral("holds 3")))
        << strip.message().toStdString();
}

TEST_F(PromptStripTest, EndOfTextIsAChipThatToggles) {
    QSignalSpy edited(&strip, &PromptStrip::promptEdited);
    QTest::mouseClick(chips, Qt::LeftButton, {}, chips->chipRect(ChipFlow::toggleChip).center());
    ASSERT_EQ(edited.size(), 1);
    const auto with = edited[0].at(0).value<std::vector<TokenId>>();
    ASSERT_EQ(with.size(), tokens.size() + 1);
    EXPECT_EQ(with[0], tokenizer->endOfText());
    EXPECT_TRUE(edited[0].at(2).toBool());
}

TEST_F(PromptStripTest, IdsWithoutATokenizer) {
    QSignalSpy edited(&strip, &PromptStrip::promptEdited);
    strip.setTokenizer(nullptr, 50);
    strip.startEditing();
    QTest::keyClicks(editor, QStringLiteral("7, 8 50"));
    EXPECT_TRUE(strip.message().contains(QStringLiteral("50"))) << strip.message().toStdString();
    QTest::keyClick(editor, Qt::Key_Backspace);
    QTest::keyClick(editor, Qt::Key_Return);
    ASSERT_EQ(edited.size(), 1);
    EXPECT_EQ(edited[0].at(0).value<std::vector<TokenId>>(),
              (std::vector{TokenId(7), TokenId(8), TokenId(5)}));
}

TEST_F(PromptStripTest, IdsCanBeCopied) {
    strip.copyIds();
    const auto copied = QApplication::clipboard()->text();
    EXPECT_TRUE(copied.startsWith(QString::number(tokens[0].value) + QStringLiteral(", ")));
}

TEST_F(PromptStripTest, ManyTokensWrapWithoutLeavingTheirWidget) {
    std::string text;
    for (int i = 0; i < 60; ++i)
        text += " the store";
    show(text);
    QTest::qWait(20);
    for (int i = 0; i < static_cast<int>(tokens.size()); ++i)
        EXPECT_TRUE(chips->rect().contains(chips->chipRect(i))) << i;
    EXPECT_LE(strip.height(), 200);
}

TEST(TokenDisplay, WhitespaceIsVisible) {
    const auto tokenizer = Tokenizer::open(test::resources() / "demo/original");
    EXPECT_EQ(chipText(tokenizer.get(), *tokenizer->single(" Mary")), QStringLiteral("·Mary"));
    EXPECT_EQ(chipText(tokenizer.get(), *tokenizer->endOfText()), QStringLiteral("⟨end⟩"));
    EXPECT_EQ(chipText(tokenizer.get(), *tokenizer->single("\n")), QStringLiteral("⏎"));
    EXPECT_EQ(quotedToken(tokenizer.get(), *tokenizer->single(" Mary")),
              QStringLiteral("\" Mary\""));
    EXPECT_EQ(chipText(nullptr, TokenId(12)), QStringLiteral("#12"));
    // An id that the vocabulary leaves out has no text, so no quotes either.
    EXPECT_EQ(chipText(tokenizer.get(), TokenId(1026)), QStringLiteral("#1026"));
    EXPECT_EQ(quotedToken(tokenizer.get(), TokenId(1026)), QStringLiteral("#1026"));
}

} // namespace
} // namespace residuum

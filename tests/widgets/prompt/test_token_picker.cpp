#include "widgets/prompt/token_picker.h"

#include "support/paths.h"

#include <QComboBox>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

namespace residuum {
namespace {

class TokenPickerTest : public ::testing::Test {
  protected:
    TokenPickerTest() {
        picker.setTokenizer(tokenizer, 1024);
        picker.setChoices(
            {{QStringLiteral("a"), mary, 0.9}, {QStringLiteral("b"), TokenId(5), 0.1}});
        picker.show();
        EXPECT_TRUE(QTest::qWaitForWindowExposed(&picker));
        line = picker.findChild<QLineEdit*>();
    }

    void type(const QString& text) {
        line->selectAll();
        QTest::keyClicks(line, text);
    }

    std::shared_ptr<const Tokenizer> tokenizer =
        Tokenizer::open(test::resources() / "demo/original");
    TokenId mary = *tokenizer->single(" Mary");
    TokenPicker picker{QStringLiteral("target"), QStringLiteral("none")};
    QLineEdit* line = nullptr;
};

TEST_F(TokenPickerTest, TakesTextQuotedTextAndIds) {
    QSignalSpy picked(&picker, &TokenPicker::tokenPicked);
    for (const auto& text : {QStringLiteral(" Mary"), QStringLiteral("\" Mary\""),
                             QStringLiteral("#%1").arg(mary.value)}) {
        picker.setToken(std::nullopt);
        type(text);
        QTest::keyClick(line, Qt::Key_Return);
        EXPECT_EQ(picker.token(), mary) << text.toStdString();
        EXPECT_TRUE(picker.message().isEmpty());
    }
    EXPECT_EQ(picked.size(), 3);
}

TEST_F(TokenPickerTest, RefusesSeveralTokensWithTheirSplit) {
    QSignalSpy picked(&picker, &TokenPicker::tokenPicked);
    picker.setToken(mary);
    type(QStringLiteral(" Mary went"));
    EXPECT_TRUE(picker.message().contains(QStringLiteral("2 tokens: \" Mary\" + \" went\"")))
        << picker.message().toStdString();
    QTest::keyClick(line, Qt::Key_Return);
    EXPECT_TRUE(picked.isEmpty());
    EXPECT_EQ(picker.token(), mary);
}

TEST_F(TokenPickerTest, ASpaceTooManyOrTooFewIsHintedAt) {
    picker.setToken(mary);
    picker.setPrompt(QStringLiteral("John gave a book to"));
    EXPECT_EQ(picker.message(), QString());
    picker.setPrompt(QStringLiteral("John gave a book to "));
    EXPECT_TRUE(picker.message().contains(QStringLiteral("ends in a space")))
        << picker.message().toStdString();
    picker.setPrompt(QStringLiteral("John gave a book to"));
    EXPECT_EQ(picker.message(), QString());
    picker.setToken(tokenizer->single("M"));
    EXPECT_TRUE(picker.message().contains(QStringLiteral("no leading space")))
        << picker.message().toStdString();
}

TEST_F(TokenPickerTest, ListsEveryModelsPredictions) {
    auto* box = picker.findChild<QComboBox*>();
    QStringList items;
    for (int i = 0; i < box->count(); ++i)
        items << box->itemText(i);
    EXPECT_TRUE(items.join(QLatin1Char('\n')).contains(QStringLiteral("\" Mary\"   90.0 %   a")));
    EXPECT_EQ(items[0], QStringLiteral("none"));
}

} // namespace
} // namespace residuum

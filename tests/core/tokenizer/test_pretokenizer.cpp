#include "core/tokenizer/pretokenizer.h"

#include "core/tokenizer/utf8.h"
#include "tokenizer_support.h"

namespace residuum::test {
namespace {

using Pieces = std::vector<std::string>;
using Path = Pretokenizer::Path;

Pieces cut(std::string_view text, Path path = Path::fast) {
    Pretokenizer pretokenizer(path);
    pretokenizer.start(text);
    Pieces out;
    for (std::string_view piece; pretokenizer.next(piece);)
        out.emplace_back(piece);
    return out;
}

TEST(Pretokenizer, contractionsWordsNumbersAndTheRest) {
    EXPECT_EQ(cut("I'm he'll they've we'd don't it's you're"),
              (Pieces{"I", "'m", " he", "'ll", " they", "'ve", " we", "'d", " don", "'t", " it",
                      "'s", " you", "'re"}));
    EXPECT_EQ(cut("'S 's ''s 'x '"), (Pieces{"'", "S", " '", "s", " ''", "s", " '", "x", " '"}));
    EXPECT_EQ(cut("ab12 34!?x"), (Pieces{"ab", "12", " 34", "!?", "x"}));
    EXPECT_EQ(cut("é½² Щ’s"), (Pieces{"é", "½²", " Щ", "’", "s"}));
}

TEST(Pretokenizer, spacesLeaveTheLastOneToTheNextWord) {
    EXPECT_EQ(cut("a   b"), (Pieces{"a", "  ", " b"}));
    EXPECT_EQ(cut("a \n b"), (Pieces{"a", " \n", " b"}));
    EXPECT_EQ(cut("a\n\nb\n"), (Pieces{"a", "\n", "\n", "b", "\n"}));
    EXPECT_EQ(cut("a  "), (Pieces{"a", "  "}));
    EXPECT_EQ(cut("a  é"), (Pieces{"a", " ", " é"}));
}

TEST(Pretokenizer, whiteSpaceIsUnicodes) {
    for (const char* space : {"\u0085", "\u00A0", "\u1680", "\u2000", "\u200A", "\u2028", "\u2029",
                              "\u202F", "\u205F", "\u3000"})
        EXPECT_EQ(cut(std::string("a!") + space + "b"), (Pieces{"a", "!", space, "b"}));
    // U+180E lost the property in Unicode 6.3; U+001C to U+001F and U+200B never had it.
    for (const char* other : {"\u180E", "\x1C", "\x1D", "\x1E", "\x1F", "\u200B", "\uFEFF"})
        EXPECT_EQ(cut(std::string("a!") + other + "b"),
                  (Pieces{"a", std::string("!") + other, "b"}));
    EXPECT_EQ(cut("a \u180Eb"), (Pieces{"a", " \u180E", "b"}));
}

TEST(Pretokenizer, invalidUtf8IsAPieceOfItsOwn) {
    EXPECT_EQ(cut("ab\xFF\xFE cd"), (Pieces{"ab", "\xFF\xFE", " cd"}));
    EXPECT_EQ(cut("\xE2\x82"), (Pieces{"\xE2\x82"}));
    EXPECT_EQ(cut("x \xE2\x82y\xC3"), (Pieces{"x", " ", "\xE2\x82", "y", "\xC3"}));
    EXPECT_EQ(cut("\xED\xA0\x80\xF5"), (Pieces{"\xED\xA0\x80\xF5"}));
    EXPECT_EQ(cut(std::string_view("a\0b", 3)), (Pieces{"a", std::string(1, '\0'), "b"}));
}

TEST(Pretokenizer, handAndPatternAgree) {
    std::mt19937 random(1);
    for (int round = 0; round < 20000; ++round) {
        const std::string text =
            round % 4 == 0 ? randomBytes(random, random() % 24) : randomText(random, random() % 16);
        const Pieces fast = cut(text, Path::fast);
        ASSERT_EQ(fast, cut(text, Path::pattern)) << escapeInvalidUtf8(text);
        std::string joined;
        for (const std::string& piece : fast) {
            ASSERT_FALSE(piece.empty());
            joined += piece;
        }
        ASSERT_EQ(joined, text);
    }
}

TEST(Pretokenizer, handAndPatternAgreeOnAllShortAsciiTexts) {
    const std::string letters = "s' \n1!l";
    std::string text;
    for (std::size_t n = 0; n < 7 * 7 * 7 * 7 * 7; ++n) {
        text.clear();
        for (std::size_t rest = n; rest > 0; rest /= 7)
            text += letters[rest % 7];
        ASSERT_EQ(cut(text, Path::fast), cut(text, Path::pattern)) << text;
    }
}

TEST(Pretokenizer, longRunsDoNotExhaustThePattern) {
    for (const std::string unit : {"é", " ", "\u3000", "!", "½", "a", "’"}) {
        std::string text;
        while (text.size() < (1U << 20))
            text += unit;
        for (const Path path : {Path::fast, Path::pattern})
            EXPECT_EQ(cut(text, path).size(), 1U) << unit;
        EXPECT_EQ(cut(text + "\xFF").size(), 2U) << unit;
    }
}

} // namespace
} // namespace residuum::test

#include "core/tokenizer/utf8.h"

#include "tokenizer_support.h"

namespace residuum::test {
namespace {

TEST(Utf8, lengthOfEveryKindOfCharacter) {
    for (const char32_t point :
         {0x0U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xD7FFU, 0xE000U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
        std::string text;
        appendUtf8(text, point);
        EXPECT_EQ(utf8Length(text, 0), text.size());
        EXPECT_EQ(utf8CodePoint(text), point);
        if (text.size() > 1) {
            EXPECT_EQ(utf8Length(text.substr(0, text.size() - 1), 0), 0U) << "cut short";
        }
    }
}

TEST(Utf8, refusesOverlongSurrogatesAndTooLarge) {
    for (const char* text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                             "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"})
        EXPECT_EQ(utf8Length(text, 0), 0U);
}

TEST(Utf8, escapesOnlyWhatIsInvalid) {
    EXPECT_EQ(escapeInvalidUtf8("né €"), "né €");
    EXPECT_EQ(escapeInvalidUtf8("\xE2"), "\\xE2");
    EXPECT_EQ(escapeInvalidUtf8("\xE2\x82 a\xF0\x9F\x98\x80\xC3"),
              "\\xE2\\x82 a\xF0\x9F\x98\x80\\xC3");
    EXPECT_EQ(escapeInvalidUtf8(""), "");
}

TEST(ByteAlphabet, isGpt2s) {
    EXPECT_EQ(toByteAlphabet(' '), "Ġ");
    EXPECT_EQ(toByteAlphabet('\n'), "Ċ");
    EXPECT_EQ(toByteAlphabet('!'), "!");
    EXPECT_EQ(toByteAlphabet(0), "Ā");
    EXPECT_EQ(toByteAlphabet(0x7F), "ġ");
    EXPECT_EQ(toByteAlphabet(0xAD), "Ń");
    EXPECT_EQ(toByteAlphabet(0xFF), "ÿ");
    for (int byte = 0; byte < 256; ++byte)
        EXPECT_EQ(fromByteAlphabet(toByteAlphabet(static_cast<std::uint8_t>(byte))),
                  std::string(1, static_cast<char>(byte)));
    for (const char* text : {" ", "a b", "\n", "ń", "日", "\xFF", "\u00AD"})
        EXPECT_EQ(fromByteAlphabet(text), std::nullopt) << text;
}

} // namespace
} // namespace residuum::test

#include "core/tokenizer/special_tokens.h"

#include "tokenizer_support.h"

namespace residuum::test {
namespace {

TEST(SpecialTokens, leftmostThenLongest) {
    SpecialTokens special;
    EXPECT_EQ(special.find("abc", 0).begin, 3U);
    special.add("<a", TokenId{1});
    special.add("<ab>", TokenId{2});
    special.add("x", TokenId{3});
    EXPECT_EQ(special.find("..<ab>", 0).id, TokenId{2});
    EXPECT_EQ(special.find("..<ab", 0).id, TokenId{1});
    EXPECT_EQ(special.find("x<ab>", 1).begin, 1U);
    EXPECT_EQ(special.find("<<<", 0).begin, 3U);
}

TEST(SpecialTokens, endOfTextIsOneTokenInTheText) {
    const auto tokenizer = demoTokenizer();
    const TokenId end{1023};
    EXPECT_EQ(tokenizer->endOfText(), end);
    EXPECT_EQ(tokenizer->single("<|endoftext|>"), end);
    EXPECT_EQ(tokenizer->bytes(end), "<|endoftext|>");
    EXPECT_EQ(pieces(*tokenizer, "<|endoftext|><|endoftext|>Then  <|endoftext|> the"),
              (std::vector<std::string>{"<|endoftext|>", "<|endoftext|>", "Then", " ", " ",
                                        "<|endoftext|>", " the"}));
    EXPECT_GT(tokenizer->encode("<|endoftext|").size(), 1U);
    EXPECT_EQ(tokenizer->encode("\xE2<|endoftext|>\x82").size(), 3U);
}

TEST(SpecialTokens, aVocabularyWithoutEndOfTextSpellsIt) {
    const auto tokenizer = tokenizerOf(byteVocabulary());
    EXPECT_EQ(tokenizer->endOfText(), std::nullopt);
    EXPECT_EQ(tokenizer->encode("<|endoftext|>").size(), 13U);
}

} // namespace
} // namespace residuum::test

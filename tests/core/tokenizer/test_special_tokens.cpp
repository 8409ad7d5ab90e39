#include "core/tokenizer/special_tokens.h"

#include "tokenizer_support.h"

namespace residuum::test {
namespace {

TEST(SpecialTokens, leftmostThenLongest) {
    SpecialTokens special;
    const auto begins = [&](std::string_view text) {
        std::vector<std::pair<std::size_t, int>> found;
        for (const TextPart& part : special.split(text))
            found.emplace_back(part.begin, part.id ? part.id->value : 0);
        return found;
    };
    using Found = std::vector<std::pair<std::size_t, int>>;
    EXPECT_EQ(begins("abc"), (Found{{0, 0}}));
    EXPECT_EQ(begins(""), Found{});
    special.add("<a", TokenId{1});
    EXPECT_EQ(begins("..<ab"), (Found{{0, 0}, {2, 1}, {4, 0}}));
    special.add("<ab>", TokenId{2});
    special.add("x", TokenId{3});
    EXPECT_EQ(begins("..<ab>"), (Found{{0, 0}, {2, 2}}));
    EXPECT_EQ(begins("x<ab"), (Found{{0, 3}, {1, 1}, {3, 0}}));
    EXPECT_EQ(begins("<<<"), (Found{{0, 0}}));
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

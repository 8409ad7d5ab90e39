#include "analysis/inputs/prompt_tokens.h"

#include "core/task/error.h"
#include "support/paths.h"

#include <gtest/gtest.h>

namespace residuum {
namespace {

TEST(PromptTokens, AreTheTextsOrTheIdsThatItLists) {
    const auto tokenizer = Tokenizer::open(test::resources() / "demo/original");
    EXPECT_EQ(promptTokens("Mary went", false, tokenizer.get(), 1024),
              tokenizer->encode("Mary went"));
    auto withEnd = tokenizer->encode("Mary went");
    withEnd.insert(withEnd.begin(), *tokenizer->endOfText());
    EXPECT_EQ(promptTokens("Mary went", true, tokenizer.get(), 1024), withEnd);
    EXPECT_EQ(promptText(withEnd, true, tokenizer.get()), "Mary went");
    EXPECT_EQ(promptTokens(" 15, 7\n2", false, nullptr, 16),
              (std::vector{TokenId(15), TokenId(7), TokenId(2)}));
    EXPECT_EQ(promptText({TokenId(15), TokenId(7)}, false, nullptr), "15 7");
    for (const char* text : {"16", "-1", "1.5", "7x", "99999999999"})
        EXPECT_THROW(promptTokens(text, false, nullptr, 16), Error) << text;
}

TEST(PromptTokens, SpellNothingWhereTheyAreNoText) {
    const auto tokenizer = Tokenizer::open(test::resources() / "demo/original");
    EXPECT_EQ(promptText({TokenId(0xE2), TokenId(77)}, false, tokenizer.get()), "")
        << "half a character";
    EXPECT_EQ(promptText({TokenId(99'999)}, false, tokenizer.get()), "");
}

TEST(PromptTokens, NoTextOfSoManyTokensIsLonger) {
    const auto tokenizer = Tokenizer::open(test::resources() / "demo/original");
    std::size_t longest = 0;
    for (std::size_t id = 0; id < tokenizer->size(); ++id)
        longest =
            std::max(longest, tokenizer->bytes(TokenId(static_cast<std::int64_t>(id))).size());
    EXPECT_GE(longestPrompt(tokenizer.get(), 10), 10 * longest);
    EXPECT_GE(longestPrompt(nullptr, 3), std::string("50256 50256 50256").size());
}

} // namespace
} // namespace residuum

// Exactness: the ids that other implementations of GPT-2's tokenizer give.
#include "tokenizer_support.h"

namespace residuum::test {
namespace {

TEST(TokenizerVectors, gpt2VocabularyGivesThePublishedIds) {
    const auto folder = shared() / "gpt2-tokenizer";
    if (!std::filesystem::exists(folder / "vectors.json"))
        GTEST_SKIP() << "GPT-2's vocabulary is not beside the checkout";
    const auto tokenizer = Tokenizer::open(folder);
    EXPECT_EQ(tokenizer->size(), 50257U);
    EXPECT_EQ(tokenizer->endOfText(), TokenId{50256});
    EXPECT_TRUE(tokenizer->isGpt2());
    const auto vectors = nlohmann::json::parse(read(folder / "vectors.json"));
    ASSERT_GT(vectors.size(), 100U);
    for (const auto& vector : vectors) {
        const auto text = vector.at("text").get<std::string>();
        const auto ids = tokenizer->encode(text);
        EXPECT_EQ(values(ids), vector.at("ids").get<std::vector<std::int32_t>>())
            << vector.at("source") << ": " << text;
        EXPECT_EQ(tokenizer->decode(ids), text);
    }
}

TEST(TokenizerVectors, demoVocabulary) {
    const auto tokenizer = demoTokenizer();
    EXPECT_EQ(tokenizer->size(), 1024U);
    EXPECT_EQ(tokenizer->source(), "vocab.json + merges.txt");
    EXPECT_FALSE(tokenizer->isGpt2());
    EXPECT_EQ(tokenizer->fingerprint(), "608f2bff880048244629a769e1417002") << "as ever";
    EXPECT_EQ(pieces(*tokenizer, "Then, Mary and John went to the store."),
              (std::vector<std::string>{"Then", ",", " Mary", " and", " John", " went", " to",
                                        " the", " store", "."}));
    EXPECT_EQ(tokenizer->encode(""), std::vector<TokenId>{});
    EXPECT_EQ(values(tokenizer->encode("\x01")), std::vector<std::int32_t>{1});
}

} // namespace
} // namespace residuum::test

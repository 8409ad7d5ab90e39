// Properties of encode and decode, and the look-ups of single tokens.
#include "core/tokenizer/pretokenizer.h"
#include "tokenizer_support.h"

#include <thread>

namespace residuum::test {
namespace {

TEST(Tokenizer, everyByteSequenceRoundTrips) {
    const auto tokenizer = demoTokenizer();
    std::mt19937 random(4);
    for (int round = 0; round < 4000; ++round) {
        const std::string text =
            round % 2 == 0 ? randomBytes(random, random() % 80) : randomText(random, random() % 40);
        const auto ids = tokenizer->encode(text);
        ASSERT_EQ(tokenizer->decode(ids), text) << escapeInvalidUtf8(text);
        ASSERT_EQ(ids.empty(), text.empty());
    }
    const std::string large = randomText(random, 50000) + randomBytes(random, 100000);
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(large)), large);
}

TEST(Tokenizer, rememberingWordsChangesNothing) {
    // A text this long is encoded with the word cache, its pieces one by one without.
    const auto tokenizer = demoTokenizer();
    std::mt19937 random(5);
    std::string text;
    while (text.size() < 200000) {
        text += tokenizer->bytes(TokenId{static_cast<std::int32_t>(random() % 1023)});
        if (random() % 20 == 0)
            text += randomText(random, 3);
    }
    std::vector<TokenId> expected;
    Pretokenizer pretokenizer;
    pretokenizer.start(text);
    for (std::string_view piece; pretokenizer.next(piece);) {
        const auto ids = tokenizer->encode(piece);
        expected.insert(expected.end(), ids.begin(), ids.end());
    }
    EXPECT_EQ(tokenizer->encode(text), expected);
}

TEST(Tokenizer, textEscapesPartsOfCharacters) {
    const auto tokenizer = demoTokenizer();
    const auto ids = tokenizer->encode("€");
    ASSERT_EQ(ids.size(), 3U);
    EXPECT_EQ(tokenizer->bytes(ids[0]), "\xE2");
    EXPECT_EQ(tokenizer->text(ids[0]), "\\xE2");
    EXPECT_EQ(tokenizer->text(ids[2]), "\\xAC");
    EXPECT_EQ(tokenizer->decode(ids), "€");
    EXPECT_EQ(tokenizer->text(tokenizer->encode(" the")[0]), " the");
}

TEST(Tokenizer, singleIsOneTokenOrNothing) {
    const auto tokenizer = demoTokenizer();
    const auto mary = tokenizer->single(" Mary");
    ASSERT_TRUE(mary);
    EXPECT_EQ(tokenizer->bytes(*mary), " Mary");
    EXPECT_FALSE(tokenizer->single(" Mary and"));
    EXPECT_FALSE(tokenizer->single(""));
    EXPECT_FALSE(tokenizerOf({{"a", 0}})->single("b"));
}

TEST(Tokenizer, idsWithoutATokenAreShownByNumber) {
    const auto tokenizer = demoTokenizer();
    for (const std::int32_t id : {-1, 1024, 2147483647, -2147483647 - 1}) {
        const auto shown = "#" + std::to_string(id);
        EXPECT_FALSE(tokenizer->has(TokenId{id}));
        EXPECT_EQ(tokenizer->bytes(TokenId{id}), shown);
        EXPECT_EQ(tokenizer->text(TokenId{id}), shown);
        EXPECT_EQ(tokenizer->decode({TokenId{'a'}, TokenId{id}}), "a" + shown);
    }
    EXPECT_TRUE(tokenizer->has(TokenId{1023}));
}

TEST(Tokenizer, oneThatRefusesGivesItsReasonForEveryText) {
    const auto tokenizer = Tokenizer::refusing(Error("merges.txt", "is missing"));
    for (const char* text : {"", "a"}) {
        try {
            tokenizer->encode(text);
            FAIL();
        } catch (const Error& error) {
            EXPECT_STREQ(error.what(), "merges.txt: is missing");
        }
    }
    EXPECT_EQ(tokenizer->single("a"), std::nullopt);
    EXPECT_EQ(tokenizer->endOfText(), std::nullopt);
    EXPECT_EQ(tokenizer->text(TokenId{7}), "#7");
    EXPECT_EQ(tokenizer->size(), 0U);
}

TEST(Tokenizer, holesHaveNoToken) {
    const auto tokenizer = tokenizerOf({{"a", 0}, {"b", 3}});
    EXPECT_EQ(tokenizer->size(), 4U);
    EXPECT_EQ(tokenizer->bytes(TokenId{3}), "b");
    EXPECT_FALSE(tokenizer->has(TokenId{2}));
    EXPECT_EQ(tokenizer->text(TokenId{2}), "#2");
}

std::string encodeRefusal(const Tokenizer& tokenizer, std::string_view text) {
    try {
        tokenizer.encode(text);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

TEST(Tokenizer, aCharacterWithoutTokensIsNamed) {
    auto vocabulary = byteVocabulary();
    vocabulary.erase(toByteAlphabet(0xA9)); // the second byte of é
    vocabulary.erase("z");
    const auto tokenizer = tokenizerOf(vocabulary);
    EXPECT_EQ(encodeRefusal(*tokenizer, "café"),
              "\"é\" (U+00E9): cannot be encoded: the text has it at byte 3 and the vocabulary has "
              "no token for its byte 0xA9; remove it, or use a tokenizer with all 256 bytes");
    EXPECT_NE(encodeRefusal(*tokenizer, "a z").find("\"z\" (U+007A): "), std::string::npos);
    EXPECT_NE(encodeRefusal(*tokenizer, "a\xA9").find("\"\\xA9\": "), std::string::npos);
    EXPECT_NE(encodeRefusal(*tokenizer, std::string(3000, 'z')).find("byte 0 "), std::string::npos);
    EXPECT_EQ(encodeRefusal(*tokenizer, "cafe"), "");
}

TEST(Tokenizer, severalThreadsMayEncodeAtOnce) {
    const auto tokenizer = demoTokenizer();
    std::mt19937 random(6);
    const std::string text = randomText(random, 4000);
    const auto expected = tokenizer->encode(text);
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&, t] {
            for (int round = 0; round < 10; ++round)
                wrong[t] += tokenizer->encode(text) != expected;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

} // namespace
} // namespace residuum::test

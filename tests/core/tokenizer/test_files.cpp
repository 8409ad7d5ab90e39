// vocab.json + merges.txt: what is read and what is refused.
#include "tokenizer_support.h"

#include <gmock/gmock.h>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class TokenizerFiles : public ::testing::Test {
  protected:
    void put(const std::string& vocabulary, const std::string& merges) {
        write(folder_.path() / "vocab.json", vocabulary);
        write(folder_.path() / "merges.txt", merges);
    }
    std::string refusalOf(const std::string& vocabulary, const std::string& merges = "") {
        put(vocabulary, merges);
        const std::string message = refusal(folder_.path());
        EXPECT_THAT(message, Not(HasSubstr("\n")));
        return message;
    }

    const TemporaryFolder folder_;
};

TEST_F(TokenizerFiles, presence) {
    EXPECT_FALSE(Tokenizer::isPresent(folder_.path()));
    EXPECT_FALSE(Tokenizer::isPresent(folder_.path() / "nowhere"));
    EXPECT_THAT(refusal(folder_.path()), HasSubstr("has no tokenizer; expected vocab.json"));
    write(folder_.path() / "vocab.json", "{\"a\":0}");
    EXPECT_FALSE(Tokenizer::isPresent(folder_.path()));
    EXPECT_TRUE(Tokenizer::isHalf(folder_.path()));
    EXPECT_THAT(refusal(folder_.path()), HasSubstr("merges.txt: is missing beside vocab.json"));
    write(folder_.path() / "merges.txt", "");
    EXPECT_TRUE(Tokenizer::isPresent(folder_.path()));
    EXPECT_FALSE(Tokenizer::isHalf(folder_.path()));
    EXPECT_EQ(Tokenizer::open(folder_.path())->size(), 1U);
    std::filesystem::remove(folder_.path() / "vocab.json");
    EXPECT_THAT(refusal(folder_.path()), HasSubstr("vocab.json: is missing beside merges.txt"));
    EXPECT_TRUE(Tokenizer::isPresent(demoFolder()));
}

TEST_F(TokenizerFiles, versionLineCarriageReturnsAndBlankEndAreOptional) {
    const std::string vocabulary = vocabularyWith({"a b", "# #"}).dump();
    put(vocabulary, "#version: 0.2\na b\n# #\n");
    const auto plain = Tokenizer::open(folder_.path());
    EXPECT_EQ(pieces(*plain, "ab##"), (std::vector<std::string>{"ab", "##"}));
    for (const char* merges :
         {"a b\n# #", "#version: 0.2\r\na b\r\n# #\r\n\r\n\n", "a b\r\n# #\n\n"}) {
        put(vocabulary, merges);
        EXPECT_EQ(Tokenizer::open(folder_.path())->fingerprint(), plain->fingerprint()) << merges;
    }
    put(vocabulary, "# #\na b\n");
    EXPECT_NE(Tokenizer::open(folder_.path())->fingerprint(), plain->fingerprint());
}

TEST_F(TokenizerFiles, sameFilesAreFoundWithoutReadingThem) {
    put("{\"a\":0}", "");
    const TemporaryFolder other;
    const auto same = [&] { return Tokenizer::haveSameFiles(folder_.path(), other.path()); };
    EXPECT_FALSE(same());
    write(other.path() / "vocab.json", "{\"a\":0}");
    EXPECT_FALSE(same());
    write(other.path() / "merges.txt", "");
    EXPECT_TRUE(same());
    write(other.path() / "added_tokens.json", "{}");
    EXPECT_FALSE(same());
    write(folder_.path() / "added_tokens.json", "{}");
    EXPECT_TRUE(same());
    write(other.path() / "vocab.json", "{\"b\":0}");
    EXPECT_FALSE(same());
}

TEST_F(TokenizerFiles, fingerprintTellsVocabulariesApart) {
    const auto demo = demoTokenizer()->fingerprint();
    EXPECT_EQ(demo.size(), 32U);
    EXPECT_EQ(demo.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(Tokenizer::open(demoFolder())->fingerprint(), demo);
    const auto of = [](const nlohmann::json& v) { return tokenizerOf(v)->fingerprint(); };
    EXPECT_NE(of({{"a", 0}, {"b", 1}}), of({{"a", 1}, {"b", 0}}));
    EXPECT_NE(of({{"a", 0}, {"bc", 1}}), of({{"ab", 0}, {"c", 1}}));
}

TEST_F(TokenizerFiles, malformedVocabularies) {
    EXPECT_THAT(refusalOf("{\"a\": 0"),
                AllOf(HasSubstr("vocab.json: is not valid JSON: "), HasSubstr("get it again")));
    EXPECT_THAT(refusalOf(""), HasSubstr("is not valid JSON"));
    EXPECT_THAT(refusalOf("{\"\xFF\": 0}"), HasSubstr("is not valid JSON"));
    EXPECT_THAT(refusalOf("{\"a\": 1e999}"), HasSubstr("a number too large to be read"));
    EXPECT_THAT(refusalOf("[\"a\"]"), HasSubstr("is a JSON array; expected an object"));
    EXPECT_THAT(refusalOf("{}"), HasSubstr("has no tokens"));
    EXPECT_THAT(refusalOf(std::string(100000, '[')), HasSubstr("nested deeper than 32"));
    EXPECT_THAT(refusalOf("{\"a\":0,\"a\":1}"), HasSubstr("key \"a\": is there twice"));
}

TEST_F(TokenizerFiles, badTokensAndIds) {
    for (const char* id : {"-1", "1.5", "\"0\"", "null", "true", "[0]", "1048576", "1e3",
                           "9223372036854775808", "18446744073709551615", "99999999999999999999"})
        EXPECT_THAT(refusalOf(std::string("{\"a\": ") + id + "}"),
                    AllOf(HasSubstr("vocab.json: token \"a\" has the id "),
                          HasSubstr("expected a whole number from 0 to 1048575")))
            << id;
    EXPECT_THAT(refusalOf("{\"a\":0,\"b\":0}"),
                HasSubstr("tokens \"b\" and \"a\" both have the id 0; expected every id once"));
    EXPECT_THAT(refusalOf("{\"\":0}"), HasSubstr("the token with id 0 is empty"));
    EXPECT_THAT(refusalOf("{\"a b\":0}"),
                HasSubstr("token \"a b\" has a character outside GPT-2's byte alphabet"));
    EXPECT_THAT(refusalOf("{\"日\":0}"), HasSubstr("token \"日\" has a character outside"));
    EXPECT_THAT(refusalOf("{\"\\n\":0}"), HasSubstr("token \"\\n\" has a character outside"));
    EXPECT_LT(refusalOf("{\"" + std::string(1000000, ' ') + "\":0}").size(), 400U);
}

TEST_F(TokenizerFiles, badMerges) {
    const std::string vocabulary = "{\"a\":0,\"b\":1,\"ab\":2,\"ba\":3}";
    EXPECT_EQ(refusalOf(vocabulary, "a b\nb a\n"), "");
    EXPECT_THAT(refusalOf(vocabulary, "#version\na b\na c\n"),
                HasSubstr("merges.txt: line 3 names \"c\", which the vocabulary does not have"));
    EXPECT_THAT(refusalOf(vocabulary, "a a"), HasSubstr("line 1 names \"aa\", which"));
    EXPECT_THAT(refusalOf(vocabulary, "a b\nb a\r\na b"),
                HasSubstr("line 3 repeats merge number 1, \"a\" with \"b\""));
    for (const char* line : {"ab", "a", " a", "a ", "a  b", "a b a", "a\tb", " ", "\n\na b"})
        EXPECT_THAT(refusalOf(vocabulary, std::string(line) + "\na b"),
                    HasSubstr("expected two tokens separated by one space"))
            << line;
    EXPECT_THAT(refusalOf(vocabulary, "a \xFF"),
                HasSubstr("line 1 names \"\\xFF\", which has a character outside"));
    EXPECT_THAT(refusalOf(vocabulary, std::string("a \0", 3)), HasSubstr("outside GPT-2's"));
}

TEST_F(TokenizerFiles, hugeFilesAreRefusedUnread) {
    put("{\"a\":0}", "");
    std::filesystem::resize_file(folder_.path() / "vocab.json", (64U << 20) + 1);
    EXPECT_THAT(refusal(folder_.path()),
                HasSubstr("vocab.json: has 67108865 bytes; expected a tokenizer file of at most"));
}

TEST_F(TokenizerFiles, damageNeverCrashes) {
    const std::string vocabulary = read(demoFolder() / "vocab.json");
    const std::string merges = read(demoFolder() / "merges.txt");
    std::mt19937 random(7);
    for (int round = 0; round < 150; ++round) {
        std::string v = vocabulary;
        std::string m = merges;
        std::string& damaged = round % 2 == 0 ? v : m;
        for (unsigned i = 0; i <= random() % 3; ++i)
            damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
        if (random() % 4 == 0)
            damaged.resize(random() % damaged.size());
        put(v, m);
        try {
            const auto tokenizer = Tokenizer::open(folder_.path());
            tokenizer->decode(tokenizer->encode("Then, Mary and John"));
        } catch (const Error&) { // the only thing that may come out
        }
    }
}

} // namespace
} // namespace residuum::test

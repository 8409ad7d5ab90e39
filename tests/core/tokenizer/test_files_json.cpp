// tokenizer.json: what is read and what is refused.
#include "tokenizer_support.h"

#include <gmock/gmock.h>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using Json = nlohmann::json;

Json tokenizerJson(const Json& vocabulary, const Json& merges) {
    return {{"version", "1.0"},
            {"truncation", nullptr},
            {"added_tokens", Json::array()},
            {"normalizer", nullptr},
            {"pre_tokenizer",
             {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}}},
            {"post_processor", {{"type", "ByteLevel"}, {"trim_offsets", false}}},
            {"decoder", {{"type", "ByteLevel"}}},
            {"model",
             {{"type", "BPE"},
              {"dropout", nullptr},
              {"unk_token", nullptr},
              {"continuing_subword_prefix", ""},
              {"end_of_word_suffix", ""},
              {"fuse_unk", false},
              {"vocab", vocabulary},
              {"merges", merges}}}};
}

Json added(const std::string& content, const Json& id, bool special = true) {
    return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
            {"rstrip", false}, {"normalized", false}, {"special", special}};
}

class TokenizerJsonFile : public ::testing::Test {
  protected:
    std::shared_ptr<const Tokenizer> open(const Json& json) {
        write(folder_.path() / "tokenizer.json", json.dump());
        return Tokenizer::open(folder_.path());
    }
    std::string refusalOf(const Json& json) {
        write(folder_.path() / "tokenizer.json", json.dump());
        return refusal(folder_.path());
    }
    /// The refusal after the value at `pointer` is replaced.
    std::string refusalWith(const std::string& pointer, const Json& value) {
        Json json = small();
        json[Json::json_pointer(pointer)] = value;
        return refusalOf(json);
    }
    static Json small() {
        return tokenizerJson({{"a", 0}, {"b", 1}, {"ab", 2}}, Json::array({"a b"}));
    }

    const TemporaryFolder folder_;
};

TEST_F(TokenizerJsonFile, equalsVocabularyAndMerges) {
    const Json vocabulary = Json::parse(read(demoFolder() / "vocab.json"));
    Json strings = Json::array();
    Json pairs = Json::array();
    std::istringstream lines(read(demoFolder() / "merges.txt"));
    std::string line;
    std::getline(lines, line); // the version
    while (std::getline(lines, line)) {
        strings.push_back(line);
        pairs.push_back({line.substr(0, line.find(' ')), line.substr(line.find(' ') + 1)});
    }
    std::mt19937 random(8);
    const std::string text = randomText(random, 2000) + "Mary and John<|endoftext|>";
    for (const Json& merges : {strings, pairs}) {
        Json json = tokenizerJson(vocabulary, merges);
        json["added_tokens"].push_back(added("<|endoftext|>", 1023));
        const auto tokenizer = open(json);
        EXPECT_TRUE(Tokenizer::isPresent(folder_.path()));
        EXPECT_EQ(tokenizer->source(), "tokenizer.json");
        EXPECT_EQ(tokenizer->fingerprint(), demoTokenizer()->fingerprint());
        EXPECT_EQ(tokenizer->endOfText(), TokenId{1023});
        EXPECT_EQ(tokenizer->encode(text), demoTokenizer()->encode(text));
    }
}

TEST_F(TokenizerJsonFile, comesBeforeVocabularyAndMerges) {
    open(small());
    write(folder_.path() / "vocab.json", "{\"x\":0}");
    EXPECT_EQ(Tokenizer::open(folder_.path())->source(), "tokenizer.json") << "one file of two";
    write(folder_.path() / "merges.txt", "");
    EXPECT_EQ(Tokenizer::open(folder_.path())->source(), "tokenizer.json");
}

TEST_F(TokenizerJsonFile, typeOfModelMayBeMissingAsInGpt2s) {
    Json json = small();
    json["model"].erase("type");
    json.erase("added_tokens");
    json.erase("normalizer");
    EXPECT_EQ(values(open(json)->encode("abb")), (std::vector<std::int32_t>{2, 1}));
}

TEST_F(TokenizerJsonFile, addedTokensAreFoundInTheText) {
    Json json = small();
    json["added_tokens"] = {added("<|endoftext|>", 3), added("<pad token>", 5),
                            added("\n\n", 6, false), added("ab", 2)};
    json["model"]["vocab"]["<|endoftext|>"] = 3;
    const auto tokenizer = open(json);
    EXPECT_EQ(tokenizer->size(), 7U);
    EXPECT_EQ(tokenizer->endOfText(), TokenId{3});
    EXPECT_EQ(values(tokenizer->encode("a<pad token>b\n\n<|endoftext|>ab")),
              (std::vector<std::int32_t>{0, 5, 1, 6, 3, 2}));
    EXPECT_EQ(tokenizer->bytes(TokenId{5}), "<pad token>");
    EXPECT_EQ(tokenizer->single("ab"), TokenId{2});
    EXPECT_FALSE(tokenizer->has(TokenId{4}));
}

TEST_F(TokenizerJsonFile, badAddedTokens) {
    EXPECT_THAT(refusalWith("/added_tokens", "x"), HasSubstr("\"added_tokens\" is \"x\""));
    EXPECT_THAT(refusalWith("/added_tokens/0", 3), HasSubstr("\"added_tokens\"[0] is 3; expected"));
    EXPECT_THAT(refusalWith("/added_tokens/0", Json{{"id", 3}}),
                HasSubstr("\"content\" is missing or null; expected a string"));
    EXPECT_THAT(refusalWith("/added_tokens/0", added("<x>", 0)),
                HasSubstr("tokens \"a\" and \"<x>\" both have the id 0"));
    EXPECT_THAT(refusalWith("/added_tokens/0", added("a", 7)),
                HasSubstr("token \"a\" has the id 0 in the vocabulary and 7 among the added"));
    Json spelled = small();
    spelled["added_tokens"] = {added("Ġ", 3)};
    spelled["model"]["vocab"]["Ġ"] = 3;
    EXPECT_THAT(refusalOf(spelled), HasSubstr("added token \"Ġ\" is also a token in the byte"));
    EXPECT_THAT(refusalWith("/added_tokens/0", added("", 7)), HasSubstr("with id 7 is empty"));
    EXPECT_THAT(refusalWith("/added_tokens/0", added("<x>", -7)), HasSubstr("has the id -7"));
    EXPECT_THAT(refusalWith("/added_tokens", Json{added("<x>", 7), added("<x>", 8)}),
                HasSubstr("added token \"<x>\" is listed twice"));
    Json stripping = added("<mask>", 3);
    stripping["lstrip"] = "yes";
    EXPECT_THAT(refusalWith("/added_tokens/0", stripping),
                HasSubstr("\"lstrip\" is \"yes\"; expected true or false"));
}

TEST_F(TokenizerJsonFile, otherTokenizersAreRefusedInWords) {
    EXPECT_THAT(refusalOf(Json::array()), HasSubstr("the file is array; expected an object"));
    EXPECT_THAT(refusalOf(Json::object()), HasSubstr("\"pre_tokenizer\" is missing or null"));
    EXPECT_THAT(refusalWith("/normalizer", {{"type", "NFC"}}),
                HasSubstr("tokenizer.json: \"normalizer\" is of type \"NFC\"; expected null"));
    EXPECT_THAT(refusalWith("/pre_tokenizer", {{"type", "Whitespace"}}),
                HasSubstr("\"pre_tokenizer\" is of type \"Whitespace\"; expected an object of type "
                          "\"ByteLevel\", as GPT-2's"));
    EXPECT_THAT(refusalWith("/pre_tokenizer", nullptr), HasSubstr("is missing or null"));
    EXPECT_THAT(refusalWith("/pre_tokenizer/add_prefix_space", 1),
                HasSubstr("\"add_prefix_space\" is 1; expected true or false"));
    EXPECT_THAT(refusalWith("/pre_tokenizer/use_regex", false),
                HasSubstr("\"use_regex\" is false; expected true"));
    EXPECT_THAT(refusalWith("/model/type", "WordPiece"),
                HasSubstr("\"model\": \"type\" is \"WordPiece\"; expected \"BPE\""));
    EXPECT_THAT(refusalWith("/model", "BPE"),
                HasSubstr("\"model\" is \"BPE\"; expected an object"));
    EXPECT_THAT(refusalWith("/model/end_of_word_suffix", "</w>"),
                HasSubstr("\"end_of_word_suffix\" is \"</w>\"; expected none"));
    EXPECT_THAT(refusalWith("/model/byte_fallback", true), HasSubstr("\"byte_fallback\" is true"));
    EXPECT_THAT(refusalWith("/model/ignore_merges", true), HasSubstr("\"ignore_merges\" is true"));
    EXPECT_THAT(refusalWith("/model/dropout", 0.1), HasSubstr("\"dropout\" is 0.1; expected null"));
    EXPECT_THAT(refusalWith("/model/vocab", Json::array()), HasSubstr("\"vocab\" is array"));
    EXPECT_THAT(refusalWith("/model/merges", "a b"), HasSubstr("\"merges\" is \"a b\""));
}

TEST_F(TokenizerJsonFile, badMerges) {
    for (const Json& merge : {Json(7), Json::array({"a"}), Json::array({"a", 1}),
                              Json::array({"a", "b", "c"}), Json(nullptr), Json::object()})
        EXPECT_THAT(refusalWith("/model/merges/0", merge),
                    AllOf(HasSubstr("\"merges\"[0] is "), HasSubstr("expected \"left right\"")))
            << merge;
    EXPECT_THAT(refusalWith("/model/merges/0", "ab"), HasSubstr("separated by one space"));
    EXPECT_THAT(refusalWith("/model/merges/0", {"a", "c"}),
                HasSubstr("\"merges\"[0] names \"c\", which the vocabulary does not have"));
    EXPECT_THAT(refusalWith("/model/merges/0", {"a", ""}), HasSubstr("names \"\", which"));
}

} // namespace
} // namespace residuum::test

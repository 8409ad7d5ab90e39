// Tokens that were added to a vocabulary, in whichever file they are, and what else the small files
// beside it say. Expected ids follow Hugging Face's library (added_vocabulary.rs).
#include "core/tokenizer/special_tokens.h"
#include "tokenizer_support.h"

#include <gmock/gmock.h>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::json;
using Ids = std::vector<std::int32_t>;

/// A folder with the 256 bytes and "<|endoftext|>", id 256, as vocab.json and merges.txt.
class AddedTokens : public ::testing::Test {
  protected:
    AddedTokens() {
        vocabulary_["<|endoftext|>"] = 256;
        put("vocab.json", vocabulary_);
        write(folder_.path() / "merges.txt", "#version: 0.2\n");
    }
    void put(const char* file, const Json& json) const {
        write(folder_.path() / file, json.dump());
    }
    /// A tokenizer.json of the same vocabulary.
    Json whole(const std::vector<Json>& added = {}) const {
        return {{"added_tokens", added},
                {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
                {"model", {{"type", "BPE"}, {"vocab", vocabulary_}, {"merges", Json::array()}}}};
    }
    std::shared_ptr<const Tokenizer> open() const { return Tokenizer::open(folder_.path()); }
    Ids ids(std::string_view text) const { return values(open()->encode(text)); }
    std::vector<std::string> warnings() const { return open()->warnings(); }

    Json vocabulary_ = byteVocabulary();
    const TemporaryFolder folder_;
};

Json token(const std::string& content, const Json& flags = Json::object()) {
    Json json = {{"content", content},   {"lstrip", false},     {"rstrip", false},
                 {"single_word", false}, {"normalized", false}, {"special", true}};
    json.update(flags);
    return json;
}

TEST_F(AddedTokens, areFoundBeforeBytePairsLongestFirst) {
    put("added_tokens.json", {{"<|im_start|>", 257}, {"<|im", 258}, {"<|im_end|>", 259}});
    EXPECT_EQ(ids("<|im_start|>a"), (Ids{257, 'a'}));
    EXPECT_EQ(ids("a<|im_end|><|im|>"), (Ids{'a', 259, 258, '|', '>'}));
    EXPECT_EQ(ids("<|endoftext|>"), Ids{256});
    EXPECT_EQ(open()->text(TokenId{257}), "<|im_start|>");
    EXPECT_EQ(open()->single("<|im_end|>"), TokenId{259});
    EXPECT_THAT(warnings(), IsEmpty());
    const auto with = open()->fingerprint();
    std::filesystem::remove(folder_.path() / "added_tokens.json");
    EXPECT_NE(open()->fingerprint(), with) << "side by side they would read texts differently";
}

TEST_F(AddedTokens, mayStandInAnyOfTheFiles) {
    put("special_tokens_map.json", {{"bos_token", "<|endoftext|>"},
                                    {"pad_token", token("[PAD]")},
                                    {"additional_special_tokens", {"<a>", token("<b>")}}});
    // Those without an id get the next ones, those of the vocabulary keep theirs.
    EXPECT_EQ(ids("[PAD]<a><b><|endoftext|>"), (Ids{257, 258, 259, 256}));
    put("tokenizer_config.json", {{"pad_token", "[PAD]"}, {"eos_token", "<eos>"}});
    EXPECT_EQ(ids("<eos>[PAD]<a>"), (Ids{257, 258, 259}));
    // The newest layout replaces the older ones.
    put("tokenizer_config.json",
        {{"added_tokens_decoder", {{"257", token("<x>")}, {"300", token("<y>")}}},
         {"pad_token", "<x>"}});
    EXPECT_EQ(ids("<x><y>"), (Ids{257, 300}));
    EXPECT_EQ(ids("<a>"), (Ids{'<', 'a', '>'}));
    EXPECT_EQ(open()->size(), 301U);
    // A whole tokenizer.json: the ids are its own.
    put("tokenizer.json", whole({token("<x>", {{"id", 257}})}));
    EXPECT_EQ(ids("<x><y>"), (Ids{257, 300}));
    put("tokenizer.json", whole({token("<x>", {{"id", 258}})}));
    EXPECT_EQ(ids("<x>"), Ids{258});
    EXPECT_THAT(warnings(),
                ElementsAre(HasSubstr("\"<x>\" is #258 in tokenizer.json, which counts, "
                                      "and #257 in tokenizer_config.json")));
}

TEST_F(AddedTokens, aConfigsFlagsCountForTheSameToken) {
    put("tokenizer.json", whole({token("<m>", {{"id", 300}})}));
    EXPECT_EQ(ids("a <m> b"), (Ids{'a', ' ', 300, ' ', 'b'}));
    put("tokenizer_config.json",
        {{"added_tokens_decoder", {{"300", token("<m>", {{"lstrip", true}})}}}});
    EXPECT_EQ(ids("a <m> b"), (Ids{'a', 300, ' ', 'b'}));
    // Plain names do not touch them.
    put("tokenizer_config.json", {{"mask_token", "<m>"}});
    EXPECT_EQ(ids("a <m> b"), (Ids{'a', ' ', 300, ' ', 'b'}));
}

TEST_F(AddedTokens, aSpaceInFrontIsGivenWhereTheFilesSaySo) {
    put("added_tokens.json", {{"<x>", 257}});
    put("tokenizer_config.json", {{"add_prefix_space", true}});
    EXPECT_EQ(ids("a b"), (Ids{' ', 'a', ' ', 'b'}));
    EXPECT_EQ(ids(" a"), (Ids{' ', 'a'}));
    EXPECT_EQ(ids("\na<x>b<x> c<x>"), (Ids{' ', '\n', 'a', 257, ' ', 'b', 257, ' ', 'c', 257}));
    EXPECT_EQ(ids(""), Ids{});
    EXPECT_THAT(warnings(), ElementsAre(HasSubstr("add_prefix_space")));
    auto json = whole();
    json["pre_tokenizer"]["add_prefix_space"] = true;
    put("tokenizer.json", json);
    put("tokenizer_config.json", {{"add_prefix_space", false}});
    EXPECT_EQ(ids("a"), Ids{'a'}) << "the class's own setting counts";
    std::filesystem::remove(folder_.path() / "tokenizer_config.json");
    EXPECT_EQ(ids("a"), (Ids{' ', 'a'}));
}

TEST_F(AddedTokens, whatCannotBeSpeltIsTheUnknownTokenWhereTheFilesNameOne) {
    vocabulary_.erase("z");
    vocabulary_["<unk>"] = static_cast<int>('z');
    put("vocab.json", vocabulary_);
    EXPECT_THROW(ids("az"), Error);
    put("special_tokens_map.json", {{"unk_token", "<unk>"}});
    EXPECT_EQ(ids("azzb"), (Ids{'a', 'z', 'z', 'b'}));
    EXPECT_EQ(open()->text(TokenId{'z'}), "<unk>");
    EXPECT_THAT(warnings(), ElementsAre(HasSubstr("get \"<unk>\" there")));
    auto json = whole();
    put("tokenizer.json", json);
    EXPECT_THROW(ids("az"), Error) << "there its own model says it";
    json["model"]["unk_token"] = "<unk>";
    put("tokenizer.json", json);
    EXPECT_EQ(ids("azz bzz"), (Ids{'a', 'z', 'z', ' ', 'b', 'z', 'z'}));
    json["model"]["fuse_unk"] = true;
    put("tokenizer.json", json);
    EXPECT_EQ(ids("azz bzz"), (Ids{'a', 'z', ' ', 'b', 'z'}));
}

TEST_F(AddedTokens, aTokenThatIsAddedToEveryTextIsSaid) {
    put("tokenizer_config.json", {{"add_bos_token", true}, {"tokenizer_class", "GPT2Tokenizer"}});
    EXPECT_EQ(ids("a"), Ids{'a'});
    EXPECT_THAT(warnings(), ElementsAre(AllOf(HasSubstr("add_bos_token"), HasSubstr("--bos"))));
    put("tokenizer_config.json", {{"tokenizer_class", "LlamaTokenizer"}});
    EXPECT_THAT(warnings(), ElementsAre(HasSubstr("the class \"LlamaTokenizer\"")));
    std::filesystem::remove(folder_.path() / "tokenizer_config.json");
    auto json = whole();
    json["post_processor"] = {
        {"type", "TemplateProcessing"},
        {"single",
         {{{"SpecialToken", {{"id", "<s>"}, {"type_id", 0}}}}, {{"Sequence", {{"id", "A"}}}}}}};
    put("tokenizer.json", json);
    EXPECT_THAT(warnings(), ElementsAre(HasSubstr("puts \"<s>\" around every text")));
    json["post_processor"] = {
        {"type", "Sequence"},
        {"processors",
         {{{"type", "ByteLevel"}},
          {{"type", "RobertaProcessing"}, {"cls", {"<s>", 0}}, {"sep", {"</s>", 2}}}}}};
    put("tokenizer.json", json);
    EXPECT_THAT(warnings(), ElementsAre(HasSubstr("puts \"<s>\", \"</s>\" around")));
    json["post_processor"] = {{"type", "ByteLevel"}};
    put("tokenizer.json", json);
    EXPECT_THAT(warnings(), IsEmpty());
}

TEST_F(AddedTokens, damageInTheSmallFilesIsRefusedInWords) {
    const auto refusalWith = [&](const char* file, const Json& json) {
        put(file, json);
        const auto message = refusal(folder_.path());
        std::filesystem::remove(folder_.path() / file);
        EXPECT_THAT(message, HasSubstr(file));
        return message;
    };
    EXPECT_THAT(refusalWith("added_tokens.json", {{"<x>", -1}}), HasSubstr("has the id -1"));
    EXPECT_THAT(refusalWith("added_tokens.json", {{"<x>", 257}, {"<y>", 257}}),
                HasSubstr("two tokens have the id 257"));
    EXPECT_THAT(refusalWith("added_tokens.json", Json::array()), HasSubstr("expected an object"));
    EXPECT_THAT(refusalWith("special_tokens_map.json", {{"pad_token", 3}}),
                HasSubstr("\"pad_token\" is 3"));
    EXPECT_THAT(refusalWith("special_tokens_map.json", {{"additional_special_tokens", "x"}}),
                HasSubstr("expected a list of tokens"));
    EXPECT_THAT(refusalWith("tokenizer_config.json", {{"add_prefix_space", "yes"}}),
                HasSubstr("\"add_prefix_space\" is \"yes\"; expected true or false"));
    EXPECT_THAT(
        refusalWith("tokenizer_config.json", {{"added_tokens_decoder", {{"x", token("<x>")}}}}),
        HasSubstr("the key is \"x\"; expected a token id"));
    EXPECT_THAT(refusalWith("tokenizer_config.json", {{"added_tokens_decoder", {{"257", 3}}}}),
                HasSubstr("\"added_tokens_decoder\": \"257\" is 3"));
    EXPECT_THAT(refusalWith("tokenizer_config.json", {{"added_tokens_decoder", 3}}),
                HasSubstr("\"added_tokens_decoder\" is 3"));
    put("added_tokens.json", {{"<x>", 3}});
    EXPECT_THAT(refusal(folder_.path()), HasSubstr("and \"<x>\" both have the id 3"));
    write(folder_.path() / "tokenizer_config.json", "{\"a\": 1");
    EXPECT_THAT(refusal(folder_.path()), HasSubstr("tokenizer_config.json: is not valid JSON"));
}

TEST_F(AddedTokens, damageGivesSentencesAndNoCrash) {
    auto json = whole({token("<x>", {{"id", 257}, {"lstrip", true}})});
    json["post_processor"] = {{"type", "TemplateProcessing"},
                              {"single", {{{"SpecialToken", {{"id", "<s>"}}}}}}};
    json["model"]["unk_token"] = "<x>";
    const std::vector<std::pair<const char*, std::string>> files = {
        {"tokenizer.json", json.dump()},
        {"added_tokens.json", R"({"<x>": 257, "<y>": 258})"},
        {"special_tokens_map.json", R"({"pad_token": {"content": "<p>", "rstrip": true}, )"
                                    R"("additional_special_tokens": ["<y>", "<z>"]})"},
        {"tokenizer_config.json", R"({"added_tokens_decoder": {"257": {"content": "<x>", )"
                                  R"("single_word": true}}, "add_prefix_space": true, )"
                                  R"("tokenizer_class": "GPT2Tokenizer", "unk_token": "<x>"})"}};
    std::mt19937 random(9);
    for (int round = 0; round < 400; ++round) {
        for (std::size_t i = 0; i < files.size(); ++i) {
            std::string content = files[i].second;
            // Without it, the older layouts count.
            const bool isLeftOut = i == 3 && round % 2 == 0;
            if (i == random() % files.size() || round % 4 == 3) {
                for (unsigned edits = 0; edits <= random() % 3; ++edits)
                    content[random() % content.size()] = "{}[]\",:0-tx\xFF"[random() % 13];
            }
            write(folder_.path() / files[i].first, isLeftOut ? "{}" : content);
        }
        try {
            const auto tokenizer = open();
            tokenizer->decode(tokenizer->encode(" <x> <y> Mary <p>\xFF"));
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("json.exception")));
        }
    }
}

TEST_F(AddedTokens, tokenizerJsonCountsWhereThePairDiffers) {
    put("tokenizer.json", whole());
    EXPECT_EQ(open()->source(), "tokenizer.json");
    EXPECT_THAT(warnings(), IsEmpty()) << "they agree";
    // A special token may be listed beside the vocabulary only.
    auto json = whole({token("<|endoftext|>", {{"id", 256}})});
    json["model"]["vocab"].erase("<|endoftext|>");
    put("tokenizer.json", json);
    EXPECT_THAT(warnings(), IsEmpty());
    auto others = vocabulary_;
    std::swap(others["a"], others["b"]);
    put("vocab.json", others);
    EXPECT_EQ(ids("a"), Ids{'a'});
    EXPECT_THAT(warnings(), ElementsAre(HasSubstr("differ from its tokenizer.json, which counts as "
                                                  "in Hugging Face's (the token \"a\" first)")));
    auto longer = vocabulary_;
    longer["ab"] = 300;
    put("vocab.json", longer);
    EXPECT_THAT(warnings(), ElementsAre(HasSubstr("(the token \"ab\" first)")));
    put("vocab.json", vocabulary_);
    write(folder_.path() / "merges.txt", "#version: 0.2\na b\n");
    EXPECT_THAT(warnings(), ElementsAre(HasSubstr("(line 2 of merges.txt first)")));
    write(folder_.path() / "vocab.json", "{");
    EXPECT_THAT(warnings(), ElementsAre(HasSubstr("what is beside it cannot be read")));
    json = whole();
    json["model"]["vocab"]["ab"] = 257;
    json["model"]["merges"] = Json::array({"a b"});
    put("tokenizer.json", json);
    longer["ab"] = 257;
    put("vocab.json", longer);
    EXPECT_THAT(warnings(), IsEmpty());
    json["model"]["merges"] = Json::array({Json::array({"a", "b"})});
    put("tokenizer.json", json);
    EXPECT_THAT(warnings(), IsEmpty());
    write(folder_.path() / "merges.txt", "#version: 0.2\n");
    EXPECT_THAT(warnings(), ElementsAre(HasSubstr("(the number of merges first)")));
}

TEST_F(AddedTokens, tokensBeyondTheModelAreRefusedInTextsOnly) {
    put("added_tokens.json", {{"[PAD]", 257}});
    const auto tokenizer = Tokenizer::open(folder_.path(), 257);
    EXPECT_EQ(values(tokenizer->encode("a<|endoftext|>")), (Ids{'a', 256}));
    EXPECT_THAT(tokenizer->warnings(), ElementsAre(HasSubstr("has 258 tokens, but the model's "
                                                             "vocabulary only 257")));
    try {
        tokenizer->encode("a[PAD]");
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("\"[PAD]\": is token #257 of the tokenizer, but the "
                                            "model has only 257 tokens"));
    }
    EXPECT_FALSE(tokenizer->single("[PAD]"));
    EXPECT_EQ(tokenizer->endOfText(), TokenId{256});
    EXPECT_EQ(Tokenizer::open(folder_.path(), 258)->single("[PAD]"), TokenId{257});
    // Without the names of tokens that no text can have, it encodes as one that ends earlier.
    std::filesystem::remove(folder_.path() / "added_tokens.json");
    const auto plain = open()->fingerprint();
    vocabulary_["[PAD]"] = 257;
    put("vocab.json", vocabulary_);
    EXPECT_EQ(Tokenizer::open(folder_.path(), 257)->fingerprint(), plain);
    EXPECT_NE(tokenizer->fingerprint(), plain);
    // A model that is smaller than its texts' own tokens has another tokenizer.
    EXPECT_THROW(Tokenizer::open(folder_.path(), 255), Error);
}

std::string shown(const SpecialTokens& special, std::string_view text) {
    std::string shown;
    std::size_t at = 0;
    for (const TextPart& part : special.split(text)) {
        EXPECT_EQ(part.begin, at) << "the parts cover the text";
        EXPECT_LT(part.begin, part.end);
        at = part.end;
        shown += part.id ? "[" + std::to_string(part.id->value) + "]" : "";
        shown += std::string(text.substr(part.begin, part.end - part.begin)) + "|";
    }
    EXPECT_EQ(at, text.size());
    return shown;
}

TEST(SpecialRules, stripsTakeTheWhiteSpaceWithThem) {
    SpecialTokens special;
    special.add("<l>", TokenId{1}, {.lstrip = true});
    special.add("<r>", TokenId{2}, {.rstrip = true});
    EXPECT_EQ(shown(special, "a \n\t<l> b"), "a|[1] \n\t<l>| b|");
    EXPECT_EQ(shown(special, "a <r>\u00A0\u3000 b"), "a |[2]<r>\u00A0\u3000 |b|");
    EXPECT_EQ(shown(special, "  <l>"), "[1]  <l>|");
    EXPECT_EQ(shown(special, "<r>  "), "[2]<r>  |");
    EXPECT_EQ(shown(special, "<r>  <l>"), "[2]<r>  |[1]<l>|") << "the first takes them";
    EXPECT_EQ(shown(special, "x\u180E<l>"), "x\u180E|[1]<l>|")
        << "no white space since Unicode 6.3";
    EXPECT_EQ(shown(special, "\xA0<l>"), "\xA0|[1]<l>|") << "not UTF-8";
}

TEST(SpecialRules, aSingleWordIsTouchedByNone) {
    SpecialTokens special;
    special.add("ing", TokenId{1}, {.singleWord = true});
    EXPECT_EQ(shown(special, "ing going ing, ings -ing-"),
              "[1]ing| going |[1]ing|, ings -|[1]ing|-|");
    for (const char* word : {"é", "日", "_", "7", "٣", "\u0301", "\u200D", "Ⓐ", "ा"}) {
        EXPECT_EQ(shown(special, std::string(word) + "ing"), std::string(word) + "ing|") << word;
        EXPECT_EQ(shown(special, "ing" + std::string(word)), "ing" + std::string(word) + "|")
            << word;
    }
    for (const char* other : {"-", "’", "€", "😀", "²", "\xFF", "\u00A0"})
        EXPECT_EQ(shown(special, std::string(other) + "ing"), std::string(other) + "|[1]ing|")
            << other;
}

TEST(SpecialRules, normalizedOnesAreLookedForInWhatIsLeft) {
    SpecialTokens special;
    special.add("ab", TokenId{1}, {.normalized = true});
    special.add("bc", TokenId{2});
    EXPECT_EQ(shown(special, "abc ab"), "a|[2]bc| |[1]ab|");
    special.add("a", TokenId{3}, {.singleWord = true, .normalized = true});
    EXPECT_EQ(shown(special, "abc"), "[3]a|[2]bc|") << "its sentence is what is left";
}

} // namespace
} // namespace residuum::test

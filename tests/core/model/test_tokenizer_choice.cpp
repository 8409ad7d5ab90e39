// Whose tokenizer a model's texts are read with.
#include "core/model/tokenizer_choice.h"

#include "core/task/error.h"
#include "core/tokenizer/byte_alphabet.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::json;

/// Models in one folder, an empty Hub cache beside it.
class TokenizerChoices : public ::testing::Test {
  protected:
    TokenizerChoices() { ::setenv("HF_HUB_CACHE", (folder_.path() / "hub").c_str(), 1); }
    ~TokenizerChoices() override { ::unsetenv("HF_HUB_CACHE"); }

    fs::path at(const std::string& name) const { return folder_.path() / "models" / name; }
    /// A tokenizer of 257 tokens: bytes and end-of-text, `first` and `second` exchanged.
    void addTokenizer(const fs::path& folder, char first = 'a', char second = 'a') const {
        Json vocabulary = {{"<|endoftext|>", 256}};
        for (int byte = 0; byte < 256; ++byte)
            vocabulary[toByteAlphabet(static_cast<std::uint8_t>(byte))] = byte;
        std::swap(vocabulary[std::string(1, first)], vocabulary[std::string(1, second)]);
        fs::create_directories(folder);
        writeText(folder / "vocab.json", vocabulary.dump());
        writeText(folder / "merges.txt", "#version: 0.2\n");
    }
    TokenizerChoice choose(const std::string& name, const fs::path& named = {}) const {
        fs::create_directories(at(name));
        return chooseTokenizer({name, name, at(name)}, named, 257);
    }
    static int idOfA(const TokenizerChoice& choice) {
        return choice.tokenizer ? choice.tokenizer->encode("a").front().value : -1;
    }
    static std::string refusalOf(const TokenizerChoice& choice) {
        EXPECT_EQ(choice.tokenizer, nullptr);
        EXPECT_EQ(choice.origin, "");
        try {
            if (choice.refusing)
                choice.refusing->encode("a");
        } catch (const Error& error) {
            EXPECT_THAT(choice.warnings, ElementsAre(HasSubstr(error.reason())));
            return error.what();
        }
        return {};
    }

    const TemporaryFolder folder_;
};

TEST_F(TokenizerChoices, itsOwnComesFirstAndIsNoWarning) {
    addTokenizer(at("a"), 'a', 'b');
    addTokenizer(at("mine"));
    const auto choice = choose("mine");
    EXPECT_EQ(idOfA(choice), 'a');
    EXPECT_EQ(choice.origin, "vocab.json + merges.txt");
    EXPECT_THAT(choice.warnings, IsEmpty());
    const auto asked = choose("mine", at("a"));
    EXPECT_EQ(idOfA(asked), 'b');
    EXPECT_THAT(asked.origin, HasSubstr("as asked"));
}

TEST_F(TokenizerChoices, aNeighboursIsAWarningThatNamesIt) {
    EXPECT_EQ(refusalOf(choose("bare")), "") << "there is none, and nothing to say";
    addTokenizer(at("b"), 'a', 'b');
    const auto choice = choose("bare");
    EXPECT_EQ(idOfA(choice), 'b');
    EXPECT_THAT(choice.origin, HasSubstr("taken from " + at("b").string()));
    EXPECT_THAT(choice.warnings,
                ElementsAre(AllOf(HasSubstr(at("b").string()), HasSubstr("--tokenizer"))));
    addTokenizer(at("c"), 'a', 'b');
    EXPECT_EQ(idOfA(choose("bare")), 'b') << "both agree";
}

TEST_F(TokenizerChoices, neighboursThatDisagreeAreNamed) {
    addTokenizer(at("b"), 'a', 'b');
    addTokenizer(at("original"));
    const auto refusal = refusalOf(choose("bare"));
    EXPECT_THAT(refusal, AllOf(HasSubstr(at("b").string()), HasSubstr(at("original").string()),
                               HasSubstr("--tokenizer"), HasSubstr("token ids")));
    EXPECT_EQ(idOfA(choose("bare", at("original"))), 'a');
}

TEST_F(TokenizerChoices, itsOwnFamilysComesBeforeOthers) {
    addTokenizer(at("a"), 'a', 'b');
    addTokenizer(at("original"), 'a', 'c');
    addTokenizer(at("original-small"), 'a', 'd');
    EXPECT_EQ(idOfA(choose("original_LNFree300")), 'c');
    EXPECT_EQ(idOfA(choose("original-small-free")), 'd') << "the nearest";
    EXPECT_EQ(idOfA(choose("originals")), -1) << "another word";
}

TEST_F(TokenizerChoices, unusableNeighboursAreSkipped) {
    addTokenizer(at("a"));
    writeText(at("a") / "vocab.json", "{");
    writeText(at("a") / "config.json", R"({"vocab_size": 257})");
    addTokenizer(at("b"));
    writeText(at("b") / "config.json", R"({"vocab_size": 257})");
    writeText(at("b") / "added_tokens.json", R"({"[PAD]": 257})"); // one too many
    EXPECT_EQ(refusalOf(choose("bare")), "");
    addTokenizer(at("c"), 'a', 'c');
    EXPECT_EQ(idOfA(choose("bare")), 'c');
    writeText(at("c") / "merges.txt", "damage");
    EXPECT_EQ(idOfA(choose("bare")), -1);
}

TEST_F(TokenizerChoices, itsOwnThatCannotBeUsedLeavesIds) {
    addTokenizer(at("a"));
    addTokenizer(at("mine"));
    writeText(at("mine") / "tokenizer.json", R"({"normalizer": {"type": "Lowercase"}})");
    EXPECT_THAT(
        refusalOf(choose("mine")),
        AllOf(HasSubstr("\"normalizer\" is of type \"Lowercase\""), HasSubstr("token ids")));
    // Half of one is no reason to take a stranger's.
    fs::remove(at("mine") / "tokenizer.json");
    fs::remove(at("mine") / "merges.txt");
    EXPECT_THAT(refusalOf(choose("mine")), HasSubstr("merges.txt: is missing beside vocab.json"));
    // So is one that is another's: its own texts do not fit the model.
    addTokenizer(at("big"));
    const auto choice = chooseTokenizer({"big", "big", at("big")}, {}, 200);
    EXPECT_THAT(refusalOf(choice),
                HasSubstr("has 257 tokens, but the model's vocabulary only 200"));
    EXPECT_THROW(choose("mine", at("mine")), Error) << "one that is asked for has to be usable";
}

TEST_F(TokenizerChoices, oneTokenTooManyIsRefusedInTextsOnly) {
    addTokenizer(at("mine"));
    writeText(at("mine") / "special_tokens_map.json", R"({"pad_token": "[PAD]"})");
    const auto choice = choose("mine");
    EXPECT_EQ(idOfA(choice), 'a');
    EXPECT_THROW(choice.tokenizer->encode("[PAD]"), Error);
    EXPECT_THAT(choice.warnings, ElementsAre(HasSubstr("has 258 tokens, but the model's")));
}

TEST_F(TokenizerChoices, gpt2sOwnComesBeforeStrangers) {
    const auto gpt2 = shared() / "gpt2-tokenizer";
    if (!fs::exists(gpt2 / "vocab.json"))
        GTEST_SKIP() << "GPT-2's vocabulary is not beside the checkout";
    auto vocabulary = Json::parse(std::ifstream(gpt2 / "vocab.json"));
    std::swap(vocabulary["a"], vocabulary["b"]);
    for (const char* name : {"a-spanish", "ours"}) {
        fs::create_directories(at(name));
        fs::copy(gpt2 / "merges.txt", at(name) / "merges.txt");
    }
    writeText(at("a-spanish") / "vocab.json", vocabulary.dump());
    fs::copy(gpt2 / "vocab.json", at("ours") / "vocab.json");
    fs::create_directories(at("ln-free"));
    const auto choice = chooseTokenizer({"ln-free", "ln-free", at("ln-free")}, {}, 50257);
    EXPECT_EQ(idOfA(choice), 64);
    EXPECT_THAT(choice.warnings, ElementsAre(AllOf(HasSubstr("ours"), HasSubstr("GPT-2's"))));
}

} // namespace
} // namespace residuum::test

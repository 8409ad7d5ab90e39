// Whose tokens a model is given, and how ids are shown that have no name, in every command.
#include "golden.h"
#include "support/synthetic_model.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cstdlib>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

/// Copies of the demo model with other tokenizers.
class Tokenizers : public ::testing::Test {
  protected:
    Tokenizers() { ::setenv("HF_HUB_CACHE", at("hub").c_str(), 1); }
    ~Tokenizers() override { ::unsetenv("HF_HUB_CACHE"); }

    std::string at(const std::string& name) const { return (folder_.path() / name).string(); }
    std::string put(const std::string& name, const std::vector<const char*>& files) const {
        std::filesystem::create_directories(at(name));
        for (const char* file : files)
            std::filesystem::copy(resources() / "demo/original" / file, at(name) + "/" + file);
        return at(name);
    }
    std::string weights(const std::string& name) const {
        return put(name, {"config.json", "model.safetensors"});
    }
    std::string whole(const std::string& name) const {
        return put(name, {"config.json", "model.safetensors", "vocab.json", "merges.txt"});
    }
    Json vocabulary() const {
        return Json::parse(readFile(resources() / "demo/original/vocab.json"));
    }

    const TemporaryFolder folder_;
};

TEST_F(Tokenizers, NeighboursThatDisagreeAreNamedAndIdsStillWork) {
    const auto bare = weights("bare");
    put("original", {"vocab.json", "merges.txt"});
    put("a-spanish", {"vocab.json", "merges.txt"});
    auto words = vocabulary();
    std::swap(words["ĠMary"], words["ĠJohn"]);
    writeText(at("a-spanish") + "/vocab.json", words.dump());
    const auto named =
        AllOf(HasSubstr(at("a-spanish")), HasSubstr(at("original")), HasSubstr("--tokenizer"));
    const auto output = at("r.h5");
    for (const auto& command : {std::vector<std::string>{"tokenize", bare, "Then, Mary"},
                                {"dla", bare, "--prompt", "Then, Mary", "-o", output},
                                {"run", bare, "--prompt", "Then, Mary", "-o", output},
                                {"dla", bare, "--ids", "1,2", "--target", " Mary", "-o", output},
                                {"patch", bare, "--clean", "a", "--corrupt", "b", "--correct", "#1",
                                 "--incorrect", "#2", "-o", output}}) {
        const auto outcome = residuum(command);
        EXPECT_EQ(outcome.status, 1) << command[0];
        EXPECT_THAT(outcome.err, named) << command[0];
        EXPECT_EQ(outcome.errorLines(), 1) << outcome.err;
    }
    const auto ids = residuum({"run", bare, "--ids", "1,2", "-o", output});
    EXPECT_EQ(ids.status, 0) << ids.err;
    EXPECT_THAT(ids.err, AllOf(HasSubstr("warning: bare: "), named));
    EXPECT_EQ(Hdf5Reader(output).strings("/token_text"), (std::vector<std::string>{"#1", "#2"}));
    const auto inspected = Json::parse(residuum({"inspect", bare, "--json"}).out);
    EXPECT_TRUE(inspected["tokenizer"].is_null());
    EXPECT_THAT(inspected["warnings"].get<std::vector<std::string>>(), Contains(named));
    const auto asked =
        residuum({"tokenize", bare, " Mary", "--json", "--tokenizer", at("original")});
    EXPECT_EQ(Json::parse(asked.out)["ids"][0], vocabulary()["ĠMary"]);
    EXPECT_EQ(asked.err, "");
}

TEST_F(Tokenizers, ANeighboursIsSaidByEveryCommand) {
    const auto bare = weights("original-free");
    put("original", {"vocab.json", "merges.txt"});
    const auto said = HasSubstr("residuum: warning: original-free: it has no tokenizer of its own; "
                                "the one of " +
                                at("original") + " is used");
    const auto output = at("r.h5");
    for (const auto& command :
         {std::vector<std::string>{"dla", bare, "--prompt", "Then, Mary", "-o", output},
          {"run", bare, "--prompt", "Then, Mary", "-o", output},
          {"neurons", bare, "--prompt", "Then, Mary", "--neurons", "1", "-o", output},
          {"patch", bare, "--clean", "Then, Mary", "--corrupt", "Then, John", "--correct", "#1",
           "--incorrect", "#2", "--sites", "resid_pre", "-o", output},
          {"pairs", "ioi", bare, "--pairs", "1", "-o", at("p.jsonl")}}) {
        const auto outcome = residuum(command);
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        EXPECT_THAT(outcome.err, said) << command[0];
    }
    const auto tokenized = residuum({"tokenize", bare, " Mary", "--json"});
    EXPECT_EQ(Json::parse(tokenized.out)["ids"][0], vocabulary()["ĠMary"]);
    EXPECT_THAT(tokenized.err, HasSubstr("the one of " + at("original") + " is used"));
    EXPECT_THAT(residuum({"inspect", bare}).out, HasSubstr(at("original") + " is used"));
}

TEST_F(Tokenizers, OneThatCannotBeUsedLeavesIds) {
    const auto model = whole("model");
    writeText(model + "/tokenizer.json", R"({"normalizer": {"type": "Sequence"}})");
    const auto output = at("r.h5");
    const auto text = residuum({"dla", model, "--prompt", "a", "-o", output});
    EXPECT_EQ(text.status, 1);
    EXPECT_THAT(text.err, AllOf(HasSubstr("tokenizer.json: \"normalizer\" is of type \"Sequence\""),
                                HasSubstr("--tokenizer")));
    const auto ids = residuum({"dla", model, "--ids", "1,2,3", "-o", output});
    EXPECT_EQ(ids.status, 0) << ids.err;
    EXPECT_THAT(ids.err, HasSubstr("model: its tokenizer cannot be used: "));
    // Half of one is as unusable; the model beside it is not asked.
    std::filesystem::remove(model + "/tokenizer.json");
    std::filesystem::remove(model + "/merges.txt");
    put("other", {"vocab.json", "merges.txt"});
    EXPECT_THAT(residuum({"dla", model, "--prompt", "a", "-o", output}).err,
                HasSubstr("merges.txt: is missing beside vocab.json"));
    EXPECT_THAT(residuum({"tokenize", put("half", {"vocab.json"}), "a"}).err,
                HasSubstr("merges.txt: is missing beside vocab.json"));
}

TEST_F(Tokenizers, AddedTokensAreOneTokenEach) {
    const auto model = whole("added");
    writeText(model + "/added_tokens.json", R"({"<|im_start|>": 1024})");
    const auto outcome = residuum({"tokenize", model, "a", "--json"});
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.err, HasSubstr("has 1025 tokens, but the model's vocabulary only 1024"));
    const auto beyond = residuum({"tokenize", model, "<|im_start|>a"});
    EXPECT_EQ(beyond.status, 1);
    EXPECT_THAT(beyond.err, HasSubstr("\"<|im_start|>\": is token #1024 of the tokenizer"));
    std::filesystem::create_directories(at("only"));
    for (const char* file : {"vocab.json", "merges.txt", "added_tokens.json"})
        std::filesystem::copy(model + "/" + file, at("only") + "/" + file);
    const auto json =
        Json::parse(residuum({"tokenize", at("only"), "<|im_start|>a", "--json"}).out);
    EXPECT_EQ(json["ids"], (std::vector<int>{1024, 97}));
    EXPECT_EQ(json["tokens"][0], "<|im_start|>");
}

TEST_F(Tokenizers, IdsThatTheVocabularyLeavesOutAreShownByNumber) {
    const auto model = whole("holes");
    // The last merge and its token go: the model has its row, nothing names it.
    auto merges = readFile(model + "/merges.txt");
    merges.resize(merges.find_last_not_of('\n') + 1);
    auto last = merges.substr(merges.rfind('\n') + 1);
    merges.resize(merges.rfind('\n') + 1);
    last.erase(last.find(' '), 1);
    auto words = vocabulary();
    const auto id = std::to_string(words[last].get<int>());
    words.erase(last);
    writeText(model + "/merges.txt", merges);
    writeText(model + "/vocab.json", words.dump());
    const auto output = at("r.h5");
    const auto run = residuum({"run", model, "--ids", id + ",97", "-o", output});
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_THAT(run.err, Not(HasSubstr("warning")));
    EXPECT_EQ(Hdf5Reader(output).strings("/token_text"), (std::vector<std::string>{"#" + id, "a"}));
    const auto logits = Hdf5Reader(output).numbers("/models/holes/logits").values;
    const auto whole = at("whole.h5");
    ASSERT_EQ(residuum({"run", "demo:original", "--ids", id + ",97", "-o", whole}).status, 0);
    EXPECT_EQ(Hdf5Reader(whole).numbers("/models/original/logits").values, logits);

    const auto dla = residuum(
        {"dla", model, "--ids", id + ",97", "--target", "#" + id, "--versus", "#97", "-o", output});
    ASSERT_EQ(dla.status, 0) << dla.err;
    EXPECT_EQ(Hdf5Reader(output).strings("/models/holes/target_text").front(), "#" + id);
    // Neurons list the tokens that they promote and suppress most, this one among them.
    const auto neurons =
        residuum({"neurons", model, "--ids", id + ",97,98", "--neurons", "top:50", "-o", output});
    ASSERT_EQ(neurons.status, 0) << neurons.err;
    const auto patch = residuum({"patch", model, "--clean-ids", "97," + id, "--corrupt-ids",
                                 "98," + id, "--correct", "#" + id, "--incorrect", "#97", "--sites",
                                 "resid_pre", "-o", output});
    ASSERT_EQ(patch.status, 0) << patch.err;
    EXPECT_EQ(Hdf5Reader(output).strings("/clean_text"), (std::vector<std::string>{"a", "#" + id}));
}

} // namespace
} // namespace residuum::test

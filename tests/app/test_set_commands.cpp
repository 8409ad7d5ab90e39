// `residuum dla` and `neurons` over pairs of prompts, and run-session with a set.
#include "golden.h"

#include <nlohmann/json.hpp>

namespace residuum::test {
namespace {

class SetCommands : public ::testing::Test {
  protected:
    std::string path(const std::string& name) const { return folder_.path() / name; }
    TemporaryFolder folder_;
};

TEST_F(SetCommands, DlaAsksEachPairItsOwnAnswers) {
    const std::vector<std::string> asked{"dla", "demo:original", "--task", "ioi-paper", "--pairs",
                                         "9",   "--seed",        "2",      "--target",  "correct"};
    const auto outcome = residuum(asked + std::vector<std::string>{"-o", path("a.h5")});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Hdf5Reader file(path("a.h5"));
    EXPECT_EQ(file.numbers("/models/original/target").values.size(), 9U);
    EXPECT_EQ(file.numbers("/models/original/versus").values.size(), 9U);
    EXPECT_EQ(file.strings("/models/original/versus_text").size(), 9U);
    EXPECT_EQ(file.numbers("/source_line").values.size(), 9U);
    const auto request = nlohmann::json::parse(file.textAttribute("/", "request"));
    EXPECT_EQ(request["input"]["pairs"]["generated"]["seed"], 2);
    EXPECT_EQ(request["dla"]["target"], "correct");

    // The same pairs by a file, and the same key.
    ASSERT_EQ(residuum({"pairs", "ioi-paper", "demo:original", "--pairs", "9", "--seed", "2", "-o",
                        path("p.jsonl")})
                  .status,
              0);
    ASSERT_EQ(residuum({"dla", "demo:original", "--prompts", path("p.jsonl"), "--seed", "2",
                        "--target", "correct", "-o", path("b.h5")})
                  .status,
              0);
    const Hdf5Reader other(path("b.h5"));
    EXPECT_EQ(other.textAttribute("/", "key"), file.textAttribute("/", "key"));
    EXPECT_EQ(other.numbers("/models/original/dla").values,
              file.numbers("/models/original/dla").values);

    const auto figure = residuum({"figure", path("a.h5"), "--mean", "-o", path("f.csv")});
    ASSERT_EQ(figure.status, 0) << figure.err;
    EXPECT_NE(readFile(path("f.csv")).find("L0.mlp"), std::string::npos);
}

TEST_F(SetCommands, WhatDoesNotGoTogetherIsRefused) {
    const auto refused = [&](const std::vector<std::string>& arguments, const std::string& why) {
        const auto outcome = residuum(std::vector<std::string>{"dla", "demo:ln-free"} + arguments +
                                      std::vector<std::string>{"-o", path("none.h5")});
        EXPECT_EQ(outcome.status, 2) << outcome.err;
        EXPECT_EQ(outcome.errorLines(), 1U);
        EXPECT_NE(outcome.err.find(why), std::string::npos) << outcome.err;
    };
    refused({"--prompt", "Mary went", "--target", "correct"}, "--target correct");
    refused({"--prompt", "Mary went", "--task", "ioi"}, "cannot be mixed");
    refused({"--task", "ioi", "--target", "correct", "--versus", "#5"}, "--versus");
    refused({"--pairs", "5", "--prompt", "Mary"}, "goes with --task only");
}

TEST_F(SetCommands, NeuronsOverPairs) {
    const auto outcome = residuum({"neurons", "demo:ln-free", "--task", "ioi-paper", "--pairs", "6",
                                   "--neurons", "top:3", "-o", path("n.h5")});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Hdf5Reader file(path("n.h5"));
    EXPECT_EQ(file.strings("/token_text").empty(), false);
}

TEST_F(SetCommands, SessionsAskTheirSet) {
    const auto ids = nlohmann::json::parse(
        residuum({"tokenize", "demo:ln-free", "Mary went to", "--json"}).out)["ids"];
    nlohmann::ordered_json json{{"format", "residuum-session"}, {"schema_version", 1}};
    json["numeric"] = {{"dtype", "float32"}, {"device", "cpu"}};
    json["models"] = {"demo:ln-free"};
    json["prompt"] = {{"text", "Mary went to"}, {"tokens", ids}, {"end_of_text_first", false}};
    json["position"] = 1;
    json["set"] = {
        {"name", "mine"},
        {"pairs",
         {{"generated", {{"task", "ioi-paper"}, {"count", 5}, {"seed", 1}}}, {"bos", false}}},
        {"pair", 2},
        {"mean", true}};
    std::ofstream(path("s.residuum")) << json.dump();
    const auto outcome =
        residuum({"run-session", path("s.residuum"), "-o", path("out"), "--format", "csv"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Hdf5Reader file(folder_.path() / "out" / "dla.h5");
    EXPECT_EQ(file.numbers("/models/ln-free/versus").values.size(), 5U);
    EXPECT_TRUE(std::filesystem::exists(folder_.path() / "out" / "attribution.csv"));
}

} // namespace
} // namespace residuum::test

// `residuum run-session`, through the real program.
#include "golden.h"

#include <nlohmann/json.hpp>

namespace residuum::test {
namespace {

class RunSession : public ::testing::Test {
  protected:
    std::string path(const std::string& name) const { return folder_.path() / name; }

    /// A session on one demo model, as the window writes it, changed by `change`.
    std::string session(const std::function<void(nlohmann::ordered_json&)>& change = {}) {
        const auto ids = nlohmann::json::parse(
            residuum({"tokenize", "demo:ln-free", "Mary went to", "--json"}).out)["ids"];
        nlohmann::ordered_json json{{"format", "residuum-session"}, {"schema_version", 1}};
        json["numeric"] = {{"dtype", "float64"}, {"device", "cpu"}};
        json["models"] = {"demo:original", "demo:ln-free"};
        json["prompt"] = {{"text", "Mary went to"}, {"tokens", ids}, {"end_of_text_first", false}};
        json["position"] = 1;
        json["pins"] = {{{"name", "L1H6"}, {"colour", "#009e73"}}};
        json["difference"] = {0, 1};
        json["panels"] = {{"attribution", {{"view", "error"}, {"limit", 3.0}}}};
        if (change)
            change(json);
        std::ofstream(path("s.residuum")) << json.dump();
        return path("s.residuum");
    }

    TemporaryFolder folder_;
};

TEST_F(RunSession, MakesEveryResultAndFigure) {
    const auto outcome =
        residuum({"run-session", session(), "-o", path("out ü"), "--format", "svg"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    for (const auto* name :
         {"dla.h5", "attribution.svg", "direct-effect.svg", "error.svg", "scatter.svg",
          "contributors.svg", "error.csv", "error.tex", "error.svg.json"})
        EXPECT_TRUE(std::filesystem::exists(folder_.path() / "out ü" / name)) << name;
    const Hdf5Reader reader(folder_.path() / "out ü" / "dla.h5");
    EXPECT_EQ(reader.textAttribute("/models/ln-free", "dtype"), "float64");
    EXPECT_EQ(reader.numbers("/models/ln-free/dla").shape.back(), 3);
    const auto svg = readFile(folder_.path() / "out ü" / "error.svg");
    EXPECT_NE(svg.find("original − ln-free"), std::string::npos);
    EXPECT_NE(svg.find(">3</text>"), std::string::npos); // the locked scale's end
}

// A view that has nothing to show ends no run, and is named with the reason.
TEST_F(RunSession, AFigureWithNothingToShowIsLeftOutAndSaid) {
    const auto ids = nlohmann::json::parse(
        residuum({"tokenize", "demo:ln-free", "John went to", "--json"}).out)["ids"];
    const auto file = session([&](auto& json) {
        json["target"] = 348;
        json["versus"] = 397;
        json["patching"] = {
            {"corrupt", {{"text", "John went to"}, {"tokens", ids}, {"end_of_text_first", false}}},
            {"site", "mlp_post"},
            {"estimate", "attribution"},
            {"metric", "logit_diff"},
            {"direction", "clean-into-corrupt"},
            {"normalised", false}};
        json["neurons"] = {{"layer", -1},     {"top", 3},           {"by", "score"},
                           {"chosen_on", ""}, {"ablation", "mean"}, {"null_space", 12},
                           {"screen", false}, {"entropy", true},    {"against_null_space", false},
                           {"input", nullptr}};
    });
    const auto outcome = residuum({"run-session", file, "-o", path("out"), "--format", "csv"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_NE(outcome.err.find("was left out: the figure: "), std::string::npos) << outcome.err;
    for (const auto* name : {"patch.h5", "agreement.csv", "neurons.h5", "neuron-table.csv"})
        EXPECT_TRUE(std::filesystem::exists(folder_.path() / "out" / name)) << name;
}

TEST_F(RunSession, RefusesWhatItCouldNotDrawBeforeComputing) {
    const auto refused = [&](const std::function<void(nlohmann::ordered_json&)>& change,
                             const std::string& why) {
        const auto outcome =
            residuum({"run-session", session(change), "-o", path("none"), "--format", "csv"});
        EXPECT_EQ(outcome.status, 1);
        EXPECT_NE(outcome.err.find(why), std::string::npos) << outcome.err;
        EXPECT_FALSE(std::filesystem::exists(path("none")));
    };
    for (const int position : {-1, 3, 99})
        refused([&](auto& json) { json["position"] = position; }, "run from 0 to 2");
    refused([](auto& json) { json["panels"]["attribution"]["view"] = "eror"; },
            "shows \"eror\" in the panel attribution");
}

TEST_F(RunSession, ResultsOfTheSameNameHaveFiguresOfTheirOwn) {
    for (const auto* prompt : {"Mary went to", "The book was"}) {
        const auto folder = path(std::string(prompt).substr(0, 3));
        std::filesystem::create_directories(folder);
        ASSERT_EQ(residuum({"dla", "demo:original", "--prompt", prompt, "--quiet", "-o",
                            folder + "/r.h5"})
                      .status,
                  0);
    }
    const auto file = session([&](auto& json) {
        json["models"] = nlohmann::json::array();
        json["difference"] = nullptr;
        json["results"] = {path("Mar") + "/r.h5", path("The") + "/r.h5"};
    });
    const auto outcome = residuum({"run-session", file, "-o", path("out"), "--format", "csv"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto first = readFile(folder_.path() / "out" / "r-attribution.csv"),
               second = readFile(folder_.path() / "out" / "r-2-attribution.csv");
    EXPECT_FALSE(first.empty());
    EXPECT_FALSE(second.empty());
    EXPECT_NE(first, second);
}

TEST_F(RunSession, WhatTheCacheCannotKeepIsAWarning) {
    std::ofstream(path("blocked")) << "no folder";
    ::setenv("RESIDUUM_CACHE", path("blocked").c_str(), 1);
    const auto outcome = residuum({"run-session", session(), "-o", path("out"), "--format", "csv"});
    ::unsetenv("RESIDUUM_CACHE");
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err.find("not kept in the cache") != std::string::npos, true) << outcome.err;
}

TEST_F(RunSession, NeuronsAreThoseThatTheWindowFollows) {
    const auto file = session([](nlohmann::ordered_json& json) {
        json["pins"].push_back({{"name", "L3N5"}, {"colour", "#d55e00"}});
        json["neurons"] = {{"layer", -1},
                           {"top", 3},
                           {"by", "score"},
                           {"chosen_on", "demo:ln-free"},
                           {"ablation", "mean"},
                           {"null_space", 12},
                           {"screen", false},
                           {"entropy", true},
                           {"against_null_space", false},
                           {"input", nullptr}};
    });
    const auto outcome = residuum({"run-session", file, "-o", path("out"), "--format", "csv"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Hdf5Reader reader(folder_.path() / "out" / "neurons.h5");
    const auto chosen = reader.numbers("/models/ln-free/neuron").values;
    ASSERT_EQ(chosen.size(), 4U); // three and the pinned one
    EXPECT_EQ(chosen.back(), 5.0);
    EXPECT_EQ(reader.numbers("/models/original/neuron").values, chosen);
    EXPECT_TRUE(std::filesystem::exists(folder_.path() / "out" / "neuron-table.csv"));
}

TEST_F(RunSession, WhatIsMissingIsSaidInOneSentence) {
    using Json = nlohmann::ordered_json;
    const std::vector<std::function<void(Json&)>> changes{
        [](Json& json) { json["models"] = Json::array(); },
        [](Json& json) { json["prompt"]["tokens"] = Json::array(); },
        [](Json& json) { json["models"] = {"no/such/model"}; },
        [](Json& json) { json["results"] = {"/no/such/result.h5"}; },
        [](Json& json) { json["schema_version"] = 2; },
        [](Json& json) { json["numeric"]["dtype"] = "int8"; },
        [](Json& json) { json["prompt"]["tokens"] = {999'999'999}; },
        [](Json& json) { json.erase("prompt"); },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const auto outcome = residuum({"run-session", session(changes[i]), "-o", path("out")});
        EXPECT_NE(outcome.status, 0) << i;
        EXPECT_EQ(outcome.errorLines(), 1u) << i << outcome.err;
    }
}

} // namespace
} // namespace residuum::test

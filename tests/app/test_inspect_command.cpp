// `residuum inspect`.
#include "golden.h"
#include "support/synthetic_model.h"

#include <nlohmann/json.hpp>

namespace residuum::test {
namespace {

nlohmann::json inspect(const std::string& model) {
    const auto outcome = residuum({"inspect", model, "--json"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    return nlohmann::json::parse(outcome.out, nullptr, false);
}

TEST(InspectCommand, ReportsEverySite) {
    const auto json = inspect("demo:ln-free");
    EXPECT_EQ(json["normalization"], "removed");
    EXPECT_EQ(json["sites"].size(), 13u);
    EXPECT_EQ(json["config"]["d_model"], 160);
    EXPECT_EQ(json["tied_head"], true);
    EXPECT_EQ(json["container"], "safetensors");
    EXPECT_TRUE(json["weights_hash"].get<std::string>().starts_with("xxh3-128:"));
}

TEST(InspectCommand, HalfRemovedIsMixed) {
    const auto json = inspect(golden() / "formats/half-removed");
    EXPECT_EQ(json["normalization"], "mixed");
    EXPECT_TRUE(json["tokenizer"].is_null());
}

TEST(InspectCommand, NamesEveryKindAndItsConstants) {
    const TemporaryFolder folder;
    const auto place = folder.path() / "mixed";
    writeSyntheticGpt2(place, withSites(syntheticConfig(2, 2, 8, 20, 10), Sites::Mixed), 1);
    const auto json = inspect(place);
    EXPECT_EQ(json["normalization"], "mixed");
    EXPECT_EQ(json["sites"][2],
              nlohmann::json::parse(R"({"site":"blocks.0.ln2","kind":"DyT","alpha":20.0})"));
    EXPECT_EQ(json["sites"][6]["kind"], "RMSNorm");
    EXPECT_EQ(json["sites"][6]["eps_outside"], true);
    const auto text = residuum({"inspect", place}).out;
    for (const std::string part :
         {"ln1 (q, k): LayerNorm, eps 1e-05 · ln1 (v): removed, sigma 0.05 · ln2: DyT, alpha 20",
          "ln1 (q, k): RMSNorm, eps 1e-06", "ln_final: RMSNorm, eps 0.001 outside the root"})
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(InspectCommand, SameWeightsHaveTheSameHash) {
    EXPECT_EQ(inspect(golden() / "formats/safetensors-f32")["weights_hash"],
              inspect(golden() / "formats/sharded")["weights_hash"]);
    EXPECT_NE(inspect("demo:original")["weights_hash"], inspect("demo:vanilla")["weights_hash"]);
}

TEST(InspectCommand, TextNamesWhatMatters) {
    const auto outcome = residuum({"inspect", "demo:original"});
    ASSERT_EQ(outcome.status, 0);
    for (const std::string part : {"4 layers", "8 heads", "LayerNorm", "vocab.json + merges.txt"})
        EXPECT_NE(outcome.out.find(part), std::string::npos) << part;
}

} // namespace
} // namespace residuum::test

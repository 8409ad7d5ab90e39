// `residuum inspect`.
#include "golden.h"

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

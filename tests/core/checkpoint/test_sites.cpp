// Kinds of normalisation sites by config.json's names and by tensors.
#include "refusal.h"

#include <cmath>

namespace residuum::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class NamedSites : public ::testing::Test {
  protected:
    ModelConfig config_ = smallConfig();
    std::vector<NamedTensor> tensors_ = syntheticTensors(config_, 1);
    TemporaryFolder folder_;

    Checkpoint opened() {
        writeModel(folder_.path(), config_, tensors_);
        return open(folder_.path());
    }
    std::string refused() {
        writeModel(folder_.path(), config_, tensors_);
        return refusalToOpen(folder_.path());
    }
    void addAlpha(const std::string& module, const std::vector<float>& values) {
        tensors_.push_back({module + ".alpha",
                            "F32",
                            {static_cast<std::int64_t>(values.size())},
                            bytesOf(values)});
    }
};

TEST_F(NamedSites, EveryReadHasItsKind) {
    config_.namedSites = {{"h.0.ln_1.qk", RmsNorm{1e-6, true}},
                          {"h.0.ln_1.v", RemovedNorm{2.5}},
                          {"h.1.ln_2", DynamicTanh{}},
                          {"ln_f", RmsNorm{1e-4}}};
    addAlpha("h.1.ln_2", {0.75F});
    const auto sites = opened().normalization;
    EXPECT_EQ(sites.blocks[0].ln1_qk, NormSite(RmsNorm{1e-6, true}));
    EXPECT_EQ(sites.blocks[0].ln1_v, NormSite(RemovedNorm{2.5}));
    EXPECT_EQ(sites.blocks[0].ln2, NormSite(LayerNorm{1e-5})) << "not named";
    EXPECT_EQ(sites.blocks[1].ln2, NormSite(DynamicTanh{0.75}));
    EXPECT_EQ(sites.ln_f, NormSite(RmsNorm{1e-4}));
    EXPECT_EQ(sites.summary(), "mixed");
    EXPECT_EQ(sites.label(), "mixed (3 LayerNorm, 1 removed, 2 RMSNorm, 1 DyT)");
    EXPECT_EQ(siteText(sites.blocks[0].ln1_qk), "RMSNorm, eps 1e-06 outside the root");
    EXPECT_EQ(siteText(sites.blocks[1].ln2), "DyT, alpha 0.75");
}

TEST_F(NamedSites, AnAlphaMakesItsModuleADyt) {
    addAlpha("h.0.ln_1", {2.0F});
    const auto checkpoint = opened();
    EXPECT_EQ(checkpoint.normalization.blocks[0].ln1_qk, NormSite(DynamicTanh{2.0}));
    EXPECT_EQ(checkpoint.normalization.blocks[0].ln1_v, NormSite(DynamicTanh{2.0}));
    EXPECT_EQ(checkpoint.normalization.countOf("DyT"), 2U);
    EXPECT_TRUE(checkpoint.tensors.contains("h.0.ln_1.alpha"));
    EXPECT_THAT(checkpoint.warnings, Not(Contains(HasSubstr("alpha"))));
}

TEST_F(NamedSites, AlphasThatCannotBeAreRefused) {
    const auto sound = tensors_;
    addAlpha("ln_f", {1.0F, 2.0F});
    EXPECT_THAT(refused(), AllOf(HasSubstr("ln_f.alpha"), HasSubstr("expected one element")));
    tensors_ = sound;
    addAlpha("ln_f", {NAN});
    EXPECT_THAT(refused(), AllOf(HasSubstr("ln_f.alpha"), HasSubstr("finite")));
    tensors_ = sound;
    config_.namedSites["ln_f"] = DynamicTanh{};
    EXPECT_THAT(refused(), AllOf(HasSubstr("ln_f"), HasSubstr("lack ln_f.alpha")));
    config_.namedSites["ln_f"] = RmsNorm{};
    addAlpha("ln_f", {1.0F});
    EXPECT_THAT(refused(), AllOf(HasSubstr("ln_f.alpha"), HasSubstr("none")));
}

TEST_F(NamedSites, TensorFlowsNamesAndMissingBiases) {
    const auto plain = opened();
    for (auto& tensor : tensors_) {
        if (tensor.name == "h.0.ln_1.weight")
            tensor.name = "h.0.ln_1.gamma";
        if (tensor.name == "h.0.ln_1.bias")
            tensor.name = "h.0.ln_1.beta";
    }
    EXPECT_EQ(opened().weightsHash, plain.weightsHash);
    std::erase_if(tensors_, [](const auto& tensor) { return tensor.name == "ln_f.bias"; });
    const auto without = opened();
    EXPECT_FALSE(without.tensors.contains("ln_f.bias"));
    EXPECT_THAT(without.warnings,
                Contains(AllOf(HasSubstr("Without a bias: ln_f.bias"), HasSubstr("zero"))));
    std::erase_if(tensors_, [](const auto& tensor) { return tensor.name == "ln_f.weight"; });
    EXPECT_THAT(refused(), HasSubstr("lack ln_f.weight"));
}

TEST_F(NamedSites, TheHashKnowsWhatChangesTheOutput) {
    const auto plain = opened().weightsHash;
    const auto changed = [&](const ModelConfig& config) {
        config_ = config;
        return opened().weightsHash;
    };
    auto named = smallConfig();
    named.namedSites["ln_f"] = LayerNorm{1e-5};
    EXPECT_EQ(changed(named), plain) << "what it is anyway";
    std::vector<std::string> hashes{plain};
    for (const NormSite& site : {NormSite(RmsNorm{1e-5}), NormSite(RmsNorm{1e-5, true}),
                                 NormSite(RmsNorm{1e-6}), NormSite(RemovedNorm{1e-5})}) {
        named.namedSites["ln_f"] = site;
        hashes.push_back(changed(named));
    }
    auto config = smallConfig();
    config.activation = Activation::Relu;
    hashes.push_back(changed(config));
    config = smallConfig();
    config.scaleScores = false;
    hashes.push_back(changed(config));
    config = smallConfig();
    config.scaleScoresByLayer = true;
    hashes.push_back(changed(config));
    std::sort(hashes.begin(), hashes.end());
    EXPECT_EQ(std::unique(hashes.begin(), hashes.end()), hashes.end());
}

} // namespace
} // namespace residuum::test

#include "core/model/parameters.h"

#include "core/model/forward.h"
#include "core/model/model.h"
#include "core/task/error.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <set>

namespace residuum::test {
namespace {

class ParametersOf : public ::testing::TestWithParam<Sites> {
  protected:
    void SetUp() override {
        writeSyntheticGpt2(folder_.path(), withSites(syntheticConfig(2, 4, 16, 30, 12), GetParam()),
                           1);
        Progress progress;
        model_ = Model::open({folder_.path().string(), "m", folder_.path()}, {}, progress);
    }
    TemporaryFolder folder_;
    std::shared_ptr<const Model> model_;
};

TEST_P(ParametersOf, AreTheCheckpointsTensorsByItsKeys) {
    const Parameters parameters(model_->weights());
    std::set<std::string> keys;
    std::int64_t count = 0;
    for (const auto& parameter : parameters.all()) {
        EXPECT_TRUE(keys.insert(parameter.key).second) << parameter.key;
        EXPECT_EQ(parameter.value.sizes(), parameter.gradient.sizes());
        count += parameter.value.numel();
    }
    // Biases that the checkpoint lacks are parameters too.
    EXPECT_GE(count, model_->info().parameterCount);
    EXPECT_EQ(parameters.bytes(), 4 * count);
    EXPECT_TRUE(keys.contains("h.1.attn.c_attn.weight"));
    EXPECT_FALSE(keys.contains("lm_head.weight"));
    EXPECT_THROW(parameters.at("h.7.ln_1.weight"), Error);
}

TEST_P(ParametersOf, TheViewSharesTheirMemoryAndTheModelDoesNot) {
    Parameters parameters(model_->weights());
    const auto& view = parameters.weights();
    EXPECT_TRUE(view.blocks[1].W_in.is_alias_of(parameters.at("h.1.mlp.c_fc.weight").value));
    EXPECT_TRUE(view.blocks[1].ln1_v.gain.is_same(view.blocks[1].ln1_qk.gain));
    EXPECT_TRUE(view.W_U_rows.is_same(view.W_E));
    EXPECT_TRUE(parameters.gradients().W_U_rows.is_same(parameters.at("wte.weight").gradient));
    EXPECT_FALSE(view.W_E.is_alias_of(model_->weights().W_E));
    const auto tokens = at::tensor({3, 1, 4}, at::kLong).view({1, 3});
    EXPECT_TRUE(at::equal(forward(view, tokens, std::nullopt, nullptr, Progress()),
                          forward(model_->weights(), tokens, std::nullopt, nullptr, Progress())));
}

TEST_P(ParametersOf, WhatIsDerivedFollowsTheGeneration) {
    Parameters parameters(model_->weights());
    const auto& weights = parameters.weights();
    const auto before = weights.derived.get(weights).unembedMean.clone();
    parameters.at("wte.weight").value.mul_(2.0);
    EXPECT_TRUE(at::equal(weights.derived.get(weights).unembedMean, before)) << "not yet said";
    parameters.changed();
    EXPECT_EQ(parameters.generation(), 1U);
    EXPECT_TRUE(at::allclose(weights.derived.get(weights).unembedMean, before * 2.0));
}

TEST_P(ParametersOf, ADyTsAlphaIsReadAgain) {
    Parameters parameters(model_->weights());
    for (const auto& parameter : parameters.all())
        if (parameter.key.ends_with(".alpha"))
            parameter.value.fill_(0.25);
    parameters.changed();
    const auto check = [](const NormSite& site) {
        const auto* norm = std::get_if<DynamicTanh>(&site);
        EXPECT_EQ(norm == nullptr ? 0.25 : norm->alpha, 0.25);
    };
    for (const auto& block : parameters.weights().blocks) {
        check(block.ln1_qk.site);
        check(block.ln1_v.site);
        check(block.ln2.site);
    }
    check(parameters.weights().ln_f.site);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ParametersOf,
                         ::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::DynamicTanh,
                                           Sites::Mixed),
                         [](const auto& kind) { return name(kind.param); });

} // namespace
} // namespace residuum::test

// A model and itself, little memory, intervals, what sticks out, what is refused.
#include "comparison_support.h"
#include "core/task/error.h"

#include <algorithm>
#include <cstring>

namespace residuum::test {
namespace {

constexpr double close = 1e-10;

void expectClose(double found, double wanted, const std::string& what) {
    if (std::isnan(wanted))
        EXPECT_TRUE(std::isnan(found)) << what << ": " << found;
    else
        EXPECT_NEAR(found, wanted, close * std::max(1.0, std::abs(wanted))) << what;
}

TEST(Comparison, AModelIsAtNoDistanceFromItself) {
    const TemporaryFolder folder;
    for (const auto dtype : {DType::Float64, DType::Float32}) {
        const auto model = synthetic(folder.path() / name(dtype), Sites::LayerNorm, 3, dtype);
        const auto found = compare({model, model}, someInput(97), {});
        for (const auto* values :
             {&found.pairs[0]->kl, &found.pairs[0]->klReverse, &found.pairs[0]->jsd})
            EXPECT_EQ(*values, std::vector<double>(values->size())) << "exactly";
        EXPECT_EQ(found.own[0]->loss.size(), found.own[1]->loss.size());
    }
}

TEST(Comparison, LittleMemoryChangesNothingButRounding) {
    const TemporaryFolder folder;
    const std::vector models{synthetic(folder.path() / "a", Sites::Mixed, 3),
                             synthetic(folder.path() / "b", Sites::Removed, 4)};
    const ComparisonRequest all{.layers = true, .attention = true};
    const auto wide = compare(models, someInput(97), all),
               narrow = compare(models, someInput(97), all, 1);
    const auto expectSame = [](const auto& a, const auto& b) {
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t i = 0; i < static_cast<std::size_t>(a.size()); ++i)
            expectClose(a.data()[i], b.data()[i], "with little memory");
    };
    for (std::size_t m = 0; m < 2; ++m) {
        expectSame(wide.own[m]->entropy, narrow.own[m]->entropy);
        expectSame(wide.own[m]->loss, narrow.own[m]->loss);
        expectSame(wide.own[m]->residualNorm, narrow.own[m]->residualNorm);
        expectSame(wide.own[m]->calibration, narrow.own[m]->calibration);
        for (std::size_t s = 0; s < streamScoreNames.size(); ++s)
            expectSame(wide.own[m]->stream[s], narrow.own[m]->stream[s]);
        for (std::size_t s = 0; s < headScoreNames.size(); ++s)
            expectSame(wide.own[m]->heads[s], narrow.own[m]->heads[s]);
    }
    expectSame(wide.pairs[0]->kl, narrow.pairs[0]->kl);
    expectSame(wide.pairs[0]->jsd, narrow.pairs[0]->jsd);
}

TEST(Comparison, IntervalsAreOfSequencesAndSeeded) {
    const TemporaryFolder folder;
    const auto model = synthetic(folder.path() / "a", Sites::LayerNorm, 3);
    const auto meanOfRun = [&](const ComparisonRequest& request, const PromptInput& input) {
        return compare({model}, input, request).own[0]->meanLoss;
    };
    const auto first = meanOfRun({}, someInput(97));
    ASSERT_TRUE(first.interval);
    EXPECT_LT((*first.interval)[0], first.mean);
    EXPECT_GT((*first.interval)[1], first.mean);
    EXPECT_EQ(meanOfRun({}, someInput(97)).interval, first.interval);
    EXPECT_NE(meanOfRun({.seed = 5}, someInput(97)).interval, first.interval);
    EXPECT_FALSE(meanOfRun({.bootstrap = 0}, someInput(97)).interval);
    EXPECT_FALSE(meanOfRun({}, inputOf({{1, 2, 3}, {4}})).interval)
        << "one sequence with scored tokens says nothing of how they differ";
}

void setFloat(NamedTensor& tensor, std::size_t place, float value) {
    std::memcpy(tensor.bytes.data() + place * sizeof value, &value, sizeof value);
}

/// Feature 5 of token 11's embedding sticks out.
TEST(Comparison, MassiveActivationsByName) {
    const TemporaryFolder folder;
    const auto config = syntheticConfig(2, 2, 16, 50, 20);
    writeSyntheticGpt2(folder.path() / "m", config, 3);
    auto tensors = syntheticTensors(config, 3);
    for (auto& tensor : tensors)
        if (tensor.name == "wte.weight")
            setFloat(tensor, 11 * 16 + 5, 4000.0F);
    writeSafetensors(folder.path() / "m" / "model.safetensors", tensors);
    const auto found =
        compare({openAt(folder.path() / "m")}, inputOf({{1, 11, 2}, {3, 4}}), {.layers = true});
    const auto& massive = found.own[0]->massive;
    ASSERT_FALSE(massive.empty());
    EXPECT_EQ(massive.front().layer, 0);
    for (const auto& each : massive) {
        EXPECT_EQ(each.position, 1);
        EXPECT_EQ(each.feature, 5);
        EXPECT_NEAR(each.value, 4000.0, 5.0);
    }
    EXPECT_EQ(massive.size(), 3U) << "one of each point of the stream";
    EXPECT_GT(found.own[0]->stream[0](0, 1), 10.0) << "kurtosis of the rest";
    EXPECT_LT(found.own[0]->stream[0](0, 0), 10.0) << "position 0 has none";
}

std::string refusal(const std::vector<std::shared_ptr<const Model>>& models,
                    const PromptInput& input) {
    try {
        compare(models, input, {});
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(Comparison, RefusesInWords) {
    const TemporaryFolder folder;
    const auto model = synthetic(folder.path() / "a", Sites::LayerNorm, 3);
    EXPECT_NE(refusal({model}, inputOf({{1}, {2}})).find("at least two tokens"), std::string::npos);
    EXPECT_NE(refusal({model}, inputOf({{1, 99999}})).find("99999"), std::string::npos);
    writeSyntheticGpt2(folder.path() / "b", syntheticConfig(2, 2, 16, 96, 40), 4);
    EXPECT_NE(refusal({model, openAt(folder.path() / "b")}, someInput(90)).find("vocabular"),
              std::string::npos);
}

/// What two blocks add overflows float32 together.
TEST(Comparison, AnExplodingModelIsNamedWithLayerAndPosition) {
    const TemporaryFolder folder;
    const auto config = syntheticConfig(3, 2, 16, 50, 20);
    writeSyntheticGpt2(folder.path() / "boom", config, 3);
    auto tensors = syntheticTensors(config, 3);
    for (auto& tensor : tensors)
        if (tensor.name == "h.1.mlp.c_proj.bias" || tensor.name == "h.2.attn.c_proj.bias")
            for (std::size_t j = 0; j < 16; ++j)
                setFloat(tensor, j, 3e38F);
    writeSafetensors(folder.path() / "boom" / "model.safetensors", tensors);
    const auto why =
        refusal({openAt(folder.path() / "boom", DType::Float32)}, inputOf({{1, 2, 3}, {4, 5, 6}}));
    EXPECT_NE(why.find("boom"), std::string::npos) << why;
    EXPECT_NE(why.find("layer 2 (blocks.2.hook_resid_mid)"), std::string::npos) << why;
    EXPECT_NE(why.find("position 0"), std::string::npos) << why;
    EXPECT_NE(why.find("sequence 0"), std::string::npos) << why;
}

} // namespace
} // namespace residuum::test

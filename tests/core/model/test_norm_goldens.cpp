// The forward pass of every kind of site, activation and scale of scores against reference numbers.
#include "support/norm_goldens.h"

#include "core/model/forward.h"
#include "core/model/kept_hooks.h"
#include "core/model/norm.h"
#include "core/model/weights.h"
#include "support/array_match.h"

#include <ATen/ATen.h>

namespace residuum::test {
namespace {

at::Tensor asTensor(const std::vector<int>& tokens) {
    const std::vector<std::int64_t> ids(tokens.begin(), tokens.end());
    return at::tensor(ids, at::kLong).unsqueeze(0);
}

std::vector<double> numbers(const at::Tensor& t) {
    const auto dense = t.to(at::kDouble).contiguous();
    return {dense.data_ptr<double>(), dense.data_ptr<double>() + dense.numel()};
}

class NormForward : public NormGoldens {};

TEST_P(NormForward, Logits) {
    const auto model = openNormGolden(GetParam());
    const auto want = golden("logits");
    std::vector<at::Tensor> rows;
    for (const std::size_t row : {0U, 1U})
        rows.push_back(asTensor(normGoldenTokens("/tokens", row)));
    const auto logits = forward(model->weights(), at::cat(rows), std::nullopt, nullptr, Progress());
    EXPECT_TRUE(near(numbers(logits), want.values, want.shape, 1e-10));
    const auto off = (logits.flatten() - at::tensor(want.values, at::kDouble)).abs().max();
    std::printf("%s: logits off by at most %.2g\n", GetParam(), off.item<double>());
}

TEST_P(NormForward, TwentyGreedyTokens) {
    const auto model = openNormGolden(GetParam());
    auto tokens = normGoldenTokens("/tokens");
    for (const double next : golden("greedy").values) {
        const LogitPositions last =
            std::vector<std::int64_t>{static_cast<std::int64_t>(tokens.size()) - 1};
        const auto logits = forward(model->weights(), asTensor(tokens), last, nullptr, Progress());
        tokens.push_back(static_cast<int>(logits.argmax().item<std::int64_t>()));
        ASSERT_EQ(tokens.back(), static_cast<int>(next)) << tokens.size() - 1;
    }
}

/// Frozen: the whole residual's gate; recomputed: the residual through the site with and without.
TEST_P(NormForward, PartsOfTheFinalResidualThroughTheFinalSite) {
    const auto model = openNormGolden(GetParam());
    const auto& weights = model->weights();
    const int layers = weights.config.n_layers;
    std::vector<Hook> hooks{{HookPoint::Embed, {}}, {HookPoint::PosEmbed, {}}};
    for (int l = 0; l < layers; ++l)
        for (const auto point : {HookPoint::AttnOut, HookPoint::MlpOut})
            hooks.push_back({point, LayerIndex(l)});
    hooks.push_back({HookPoint::ResidPost, LayerIndex(layers - 1)});
    KeptHooks kept(hooks);
    forward(weights, asTensor(normGoldenTokens("/tokens")), std::nullopt, &kept, Progress());
    const auto last = [&](const Hook& hook) { return kept.of(hook).select(0, 0).select(0, -1); };
    const auto target = static_cast<std::int64_t>(golden("target").values.at(0));
    const auto column =
        (weights.W_U_rows[target] - weights.W_U_rows.mean(0)) * foldedGain(weights.ln_f);
    const auto residual = last(hooks.back());
    hooks.pop_back();
    std::vector<double> frozen, recomputed;
    const auto& site = weights.ln_f.site;
    for (const auto& hook : hooks) {
        const auto part = last(hook);
        frozen.push_back((centre(part, site) * gate(residual, site)).dot(column).item<double>());
        recomputed.push_back(
            (gated(residual, site) - gated(residual - part, site)).dot(column).item<double>());
    }
    EXPECT_TRUE(near(frozen, golden("frozen").values, golden("frozen").shape, 1e-10));
    EXPECT_TRUE(near(recomputed, golden("recomputed").values, golden("recomputed").shape, 1e-10));
}

INSTANTIATE_TEST_SUITE_P(Models, NormForward, ::testing::ValuesIn(normGoldens),
                         [](const auto& tested) { return std::string(tested.param); });

} // namespace
} // namespace residuum::test

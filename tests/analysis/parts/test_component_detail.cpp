// A component in parts against a brute-force twin that builds every part's vector and takes its
// direct attribution by definition, with sites of every kind, in float64.
#include "analysis/parts/component_detail.h"

#include "analysis/attribution/dla.h"
#include "core/model/forward.h"
#include "core/model/norm.h"
#include "core/model/weights.h"
#include "core/task/error.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <ATen/ATen.h>

#include <map>
#include <numeric>

namespace residuum {
namespace {

using test::Sites;

constexpr int position = 5;

class Recorder : public Tap {
  public:
    bool wants(const Hook&) const override { return true; }
    void receive(const Hook& hook, const at::Tensor& value) override {
        seen_[name(hook)] = value.select(0, 0).clone();
    }
    const at::Tensor& of(const std::string& hook) const { return seen_.at(hook); }

  private:
    std::map<std::string, at::Tensor> seen_;
};

class ComponentParts : public ::testing::TestWithParam<Sites> {
  protected:
    void SetUp() override {
        const auto config = test::withSites(test::syntheticConfig(3, 4, 32, 96, 16), GetParam());
        test::writeSyntheticGpt2(folder_.path(), config, 11);
        Progress progress;
        model = Model::open({"model", "model", folder_.path()}, {DType::Float64, "cpu"}, progress);
        for (const int id : {3, 71, 20, 5, 44, 9, 60, 12})
            input.sequences[0].tokens.emplace_back(id);
        request.target = {TargetRule::Token, TokenId(17)};
        request.versus = TokenId(40);
        request.position.at = position;
        request.topPredictions = 0;
        std::vector<std::int64_t> ids;
        for (const auto token : input.sequences[0].tokens)
            ids.push_back(token.value);
        forward(weights(), at::tensor(ids, at::kLong).unsqueeze(0), std::nullopt, &tap, progress);
    }
    const Weights& weights() const { return model->weights(); }
    AttributedLogit attributed() const { return {request.target.token, request.versus}; }
    ComponentDetail detail(const Component& component) const {
        return componentDetail(*model, input, attributed(), PositionIndex(position), component,
                               Progress());
    }
    /// What the final site, frozen at the whole residual, makes of a vector.
    at::Tensor through(const at::Tensor& vector) const {
        const auto residual = tap.of("blocks.2.hook_resid_post").select(0, position);
        const auto& site = weights().ln_f;
        return centre(vector, site.site) * gate(residual, site.site) * foldedGain(site);
    }
    double dla(const at::Tensor& vector) const {
        const auto& W_U = weights().W_U_rows;
        return at::dot(through(vector), W_U[17] - W_U[40]).item<double>();
    }
    /// α_j (v_j - b_V) W_O as a vector.
    at::Tensor fromSource(const Component& head, int source) const {
        const auto prefix = "blocks." + std::to_string(head.layer.value) + ".attn.";
        const auto& block = weights().blocks[static_cast<std::size_t>(head.layer.value)];
        const auto& config = weights().config;
        const auto d = config.d_model, from = head.head.value * config.d_head;
        const auto bias = block.b_QKV.narrow(0, 2 * d, d) +
                          at::matmul(block.ln1_v.bias, block.W_QKV.narrow(1, 2 * d, d));
        const auto v = tap.of(prefix + "hook_v")[source][head.head.value] -
                       bias.narrow(0, from, config.d_head);
        const auto alpha = tap.of(prefix + "hook_pattern")[head.head.value][position][source];
        return alpha * at::matmul(v, block.W_O.narrow(0, from, config.d_head));
    }

    test::TemporaryFolder folder_;
    std::shared_ptr<const Model> model;
    TokenInput input{{TokenSequence{}}};
    DlaRequest request;
    Recorder tap;
};

Component headOf(int layer, int head) {
    return {ComponentKind::Head, LayerIndex(layer), HeadIndex(head)};
}

TEST_P(ComponentParts, SourcesOfEveryHeadAddUpToItsAttribution) {
    Progress progress;
    const auto whole = attributeLogits(*model, input, request, progress);
    double worst = 0.0, most = 0.0;
    for (int layer = 0; layer < 3; ++layer)
        for (int h = 0; h < 4; ++h) {
            const auto head = headOf(layer, h);
            const auto parts = detail(head);
            ASSERT_EQ(parts.attention.size(), position + 1U);
            ASSERT_EQ(parts.bySource.size(), position + 1U);
            EXPECT_NEAR(std::accumulate(parts.attention.begin(), parts.attention.end(), 0.0), 1.0,
                        1e-12);
            const double sum = std::accumulate(parts.bySource.begin(), parts.bySource.end(), 0.0);
            const double dla = whole->dla(componentRow(head, 4), 0);
            worst = std::max(worst, std::abs(sum - dla));
            for (const double share : parts.bySource)
                most = std::max(most, std::abs(share));
            EXPECT_NEAR(parts.dla, sum, 1e-12 * most);
            for (int source = 0; source <= position; ++source)
                EXPECT_NEAR(parts.bySource[static_cast<std::size_t>(source)],
                            this->dla(fromSource(head, source)), 1e-11 * most)
                    << label(head) << " from " << source;
            ASSERT_EQ(parts.valueNorms.size(), 8U);
            EXPECT_NEAR(parts.valueNorms[2] * parts.attention[2],
                        fromSource(head, 2).norm().item<double>(), 1e-12);
            ASSERT_EQ(parts.pattern.rows(), 8);
            EXPECT_EQ(parts.pattern(position, position - 1), parts.attention[position - 1]);
            EXPECT_EQ(parts.pattern(2, 3), 0.0) << "nobody sees what follows";
        }
    EXPECT_LE(worst, 1e-12 * most);
    std::printf("%s: sources add up to DLA within %.2g of the largest, %.2g logits\n",
                test::name(GetParam()).c_str(), worst / most, most);
}

TEST_P(ComponentParts, NeuronsAreTheLargestPartsOfTheirMlp) {
    Progress progress;
    const auto whole = attributeLogits(*model, input, request, progress);
    for (int layer = 0; layer < 3; ++layer) {
        const Component mlp{ComponentKind::Mlp, LayerIndex(layer), {}};
        const auto parts = detail(mlp);
        EXPECT_NEAR(parts.dla, whole->dla(componentRow(mlp, 4), 0), 1e-12);
        const auto post = tap.of("blocks." + std::to_string(layer) + ".mlp.hook_post")[position];
        const auto& W_out = weights().blocks[static_cast<std::size_t>(layer)].W_out;
        std::vector<double> sizes;
        for (std::int64_t n = 0; n < W_out.size(0); ++n)
            sizes.push_back(std::abs(dla(post[n] * W_out[n])));
        std::sort(sizes.rbegin(), sizes.rend());
        ASSERT_EQ(parts.neurons.size(), std::size_t{ComponentDetail::mostShares});
        for (std::size_t i = 0; i < parts.neurons.size(); ++i) {
            const auto n = parts.neurons[i].neuron.value;
            EXPECT_NEAR(parts.neurons[i].logits, dla(post[n] * W_out[n]), 1e-12);
            EXPECT_NEAR(std::abs(parts.neurons[i].logits), sizes[i], 1e-12) << "largest first";
        }
    }
}

TEST_P(ComponentParts, TokensArePromotedByTheOutputThroughTheFrozenSite) {
    const auto head = headOf(1, 2);
    auto output = at::zeros({weights().config.d_model}, at::kDouble);
    for (int source = 0; source <= position; ++source)
        output += fromSource(head, source);
    auto logits = at::mv(weights().W_U_rows, through(output));
    logits = logits - logits.mean();
    const auto sorted = std::get<0>(at::sort(logits, 0, true));
    const auto parts = detail(head);
    ASSERT_EQ(parts.promoted.size(), std::size_t{ComponentDetail::mostShares});
    ASSERT_EQ(parts.suppressed.size(), std::size_t{ComponentDetail::mostShares});
    for (int i = 0; i < ComponentDetail::mostShares; ++i) {
        const auto& up = parts.promoted[static_cast<std::size_t>(i)];
        const auto& down = parts.suppressed[static_cast<std::size_t>(i)];
        EXPECT_NEAR(up.logits, sorted[i].item<double>(), 1e-12);
        EXPECT_NEAR(up.logits, logits[up.token.value].item<double>(), 1e-12);
        EXPECT_NEAR(down.logits, sorted[-1 - i].item<double>(), 1e-12);
    }
}

TEST_P(ComponentParts, EveryComponentHasItsAttributionAndWhatIsNoneIsRefused) {
    Progress progress;
    const auto whole = attributeLogits(*model, input, request, progress);
    for (const auto& component : whole->components)
        EXPECT_NEAR(detail(component).dla, whole->dla(componentRow(component, 4), 0), 1e-12)
            << label(component);
    EXPECT_THROW(detail(headOf(3, 0)), Error);
    EXPECT_THROW(detail(headOf(0, 4)), Error);
    EXPECT_THROW(
        componentDetail(*model, input, attributed(), PositionIndex(8), headOf(0, 0), Progress()),
        Error);
    EXPECT_THROW(componentDetail(*model, input, {TokenId(96), std::nullopt}, PositionIndex(0),
                                 headOf(0, 0), Progress()),
                 Error)
        << "a token outside the vocabulary";
}

INSTANTIATE_TEST_SUITE_P(Sites, ComponentParts,
                         ::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::RmsNorm,
                                           Sites::Outside, Sites::DynamicTanh, Sites::Mixed,
                                           Sites::Scaled),
                         [](const auto& tested) { return test::name(tested.param); });

} // namespace
} // namespace residuum

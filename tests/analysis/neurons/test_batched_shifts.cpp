// The batched way against the kernel's loops, on the CPU, at every kind of final site.
#include "analysis/neurons/batched_shifts.h"
#include "analysis/neurons/last_layer_ablation.h"
#include "core/model/forward.h"
#include "core/model/kept_hooks.h"
#include "core/model/norm.h"
#include "core/model/products.h"
#include "neurons_support.h"

#include <ATen/ATen.h>

namespace residuum::test {
namespace {

constexpr int tokens = 19;

class BatchedShifts : public ::testing::TestWithParam<std::tuple<Sites, DType>> {
  protected:
    void SetUp() override {
        const auto [sites, dtype] = GetParam();
        model_ = smallModel(folder_, sites, dtype);
        at::manual_seed(2);
        const auto ids = at::randint(0, 60, {1, tokens + 1}, at::kLong);
        const Hook final{HookPoint::ResidPost, LayerIndex(2)};
        KeptHooks kept({final});
        forward(weights(), ids, std::vector<std::int64_t>{}, &kept, Progress());
        std::vector<std::int64_t> targets;
        for (std::int64_t t = 1; t <= tokens; ++t)
            targets.push_back(ids[0][t].item<std::int64_t>());
        states_ = tokenStates(weights(), kept.of(final)[0].narrow(0, 0, tokens), targets);
        vectors_ = outputVectors(weights(), LayerIndex(2));
    }

    const Weights& weights() const { return model_->weights(); }

    /// Of each element, relative to it or to one.
    double tolerance() const { return std::get<1>(GetParam()) == DType::Float64 ? 1e-12 : 2e-6; }

    void expectSame(const EffectBlock& got, const EffectBlock& want) const {
        for (std::size_t e = 0; e < effectCount; ++e) {
            ASSERT_TRUE(want[e].allFinite());
            EXPECT_GT(want[e].cwiseAbs().maxCoeff(), 0.0);
            EXPECT_LE(((got[e] - want[e]).array().abs() / (1.0 + want[e].array().abs())).maxCoeff(),
                      tolerance())
                << name(Effect(e));
        }
    }

    static EffectBlock zeros(Eigen::Index columns) {
        EffectBlock block;
        block.fill(Table::Zero(tokens, columns));
        return block;
    }

    /// Activations changed by some `size`.
    void matchesKernel(double size) {
        const auto divisor = rowDivisor(weights().ln_f.site);
        ASSERT_TRUE(divisor) << "no neuron has a direction of its own there";
        std::vector<NeuronIndex> neurons;
        for (int n = 0; n < 70; ++n) // more than a group of directions, and than a tile's columns
            neurons.emplace_back(n);
        const auto delta = at::randn({tokens, 70}, at::kDouble) * size;
        LastLayerAblation ablation(weights(), vectors_, neurons, 1 << 20);
        const auto want = ablation.effects(states_, delta, Progress());
        const auto D = logitDirections(vectors_, neurons);
        const auto rows = vectors_.rows.index_select(0, neuronRows(neurons));
        const auto dots = (applyWeights(states_.resid, rows.t()) * delta).contiguous();
        const auto squares = (rows.square().sum(-1) * delta.square()).contiguous();
        const auto means = applyWeights(states_.p, D.t()).to(at::kDouble).contiguous();
        std::vector<FinalShifts> shifts;
        for (std::int64_t i = 0; i < delta.numel(); ++i)
            shifts.push_back(
                aroundMean(finalShifts(*divisor, 32, states_.square[std::size_t(i / 70)],
                                       dots.data_ptr<double>()[i], squares.data_ptr<double>()[i],
                                       delta.data_ptr<double>()[i]),
                           means.data_ptr<double>()[i]));
        auto got = zeros(70);
        batchedEffects(states_, D.unsqueeze(0), shifts, 0, got, Progress());
        expectSame(got, want);
    }

    TemporaryFolder folder_;
    std::shared_ptr<const Model> model_;
    TokenStates states_;
    OutputVectors vectors_;
};

/// Under a DyT every token has directions of its own.
class SharedShifts : public BatchedShifts {};

TEST_P(SharedShifts, MatchTheKernelAlongSharedDirections) {
    matchesKernel(1.0);
}

TEST_P(SharedShifts, MatchItWhereLogitsMoveFar) {
    matchesKernel(2000.0);
}

TEST_P(BatchedShifts, MatchTheKernelAlongDirectionsOfTheTokensOwn) {
    const auto D = at::randn(states_.m.sizes(), states_.m.options());
    std::vector<FinalShifts> shifts;
    for (int r = 0; r < tokens; ++r) // the last ones beyond largestShift
        shifts.push_back({{-0.01 * r, 0.1 + r}, {0.0, 0.7 * r}});
    auto want = zeros(2), got = zeros(2);
    shiftOwnDirections(states_, D, shifts, 1, want, Progress());
    const auto means = (states_.p * D).sum(-1).to(at::kDouble).contiguous();
    for (std::size_t r = 0; r < shifts.size(); ++r)
        shifts[r] = aroundMean(shifts[r], means.data_ptr<double>()[r]);
    batchedEffects(states_, D.unsqueeze(1), shifts, 1, got, Progress());
    expectSame(got, want);
}

std::string nameOf(const ::testing::TestParamInfo<std::tuple<Sites, DType>>& kind) {
    return name(std::get<0>(kind.param)) + "_" + name(std::get<1>(kind.param));
}

const auto storages = ::testing::Values(DType::Float32, DType::Float64);
INSTANTIATE_TEST_SUITE_P(Sites, SharedShifts,
                         ::testing::Combine(::testing::Values(Sites::LayerNorm, Sites::Removed,
                                                              Sites::RmsNorm, Sites::Outside),
                                            storages),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Sites, BatchedShifts,
                         ::testing::Combine(::testing::Values(Sites::LayerNorm, Sites::Removed,
                                                              Sites::RmsNorm, Sites::Outside,
                                                              Sites::DynamicTanh),
                                            storages),
                         nameOf);

} // namespace
} // namespace residuum::test

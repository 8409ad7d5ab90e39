// Losses and every gradient of a pass against LibTorch's autograd, finite differences and reference
// numbers, in float64, for every kind of site.
#include "core/model/training_pass.h"

#include "core/model/backward.h"
#include "core/model/loss.h"
#include "core/model/model.h"
#include "core/store/hdf5_reader.h"
#include "core/task/error.h"
#include "support/paths.h"
#include "support/synthetic_model.h"
#include "twin_model.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace residuum::test {
namespace {

std::shared_ptr<const Model> openModel(const std::filesystem::path& folder, DType dtype) {
    Progress progress;
    return Model::open({folder.string(), "m", folder}, {dtype, "cpu"}, progress);
}

/// The first of a file of 16-bit token ids.
std::vector<std::int64_t> readTokens(const std::filesystem::path& file, std::size_t count) {
    std::ifstream in(file, std::ios::binary);
    std::vector<std::uint16_t> ids(count);
    in.read(reinterpret_cast<char*>(ids.data()), static_cast<std::streamsize>(2 * count));
    EXPECT_TRUE(in.good()) << file;
    return {ids.begin(), ids.end()};
}

struct Shape {
    int layers, heads, width, vocabulary;
    std::int64_t batch, length;
};

/// Weights larger than GPT-2 is born with, so that no gradient is a matter of rounding.
std::unique_ptr<Parameters> randomParameters(const TemporaryFolder& folder, Sites sites,
                                             const Shape& shape, DType dtype = DType::Float64) {
    const auto config = withSites(
        syntheticConfig(shape.layers, shape.heads, shape.width, shape.vocabulary, 32), sites);
    const auto place = folder.path() / name(sites);
    writeSyntheticGpt2(place, config, 3);
    auto parameters = std::make_unique<Parameters>(openModel(place, dtype)->weights());
    at::manual_seed(7);
    for (const auto& parameter : parameters->all())
        if (parameter.value.numel() > 1)
            parameter.value.add_(at::randn_like(parameter.value) * 0.2);
    parameters->changed();
    return parameters;
}

at::Tensor randomTokens(const Shape& shape) {
    return at::randint(0, shape.vocabulary, {shape.batch, shape.length}, at::kLong);
}

constexpr std::int64_t endOfText = 5;

LossTerms terms() {
    return {.auxiliary = 0.3, .endOfText = endOfText, .maskEndOfText = true, .share = 0.5};
}

/// share · (cross-entropy + auxiliary · spread), as SCIENCE §6 words it.
at::Tensor twinLoss(const TwinModel& twin, const at::Tensor& tokens, const LossTerms& asked) {
    const auto stream = twin.stream(tokens);
    const auto logits = twin.logits(stream).narrow(1, 0, tokens.size(1) - 1);
    const auto targets = tokens.narrow(1, 1, tokens.size(1) - 1).unsqueeze(-1);
    const auto losses = -at::log_softmax(logits, -1).gather(2, targets);
    const auto spread = at::sqrt(at::var(stream, {-1}, /*unbiased=*/false) + 1e-5);
    auto usual = tokens != asked.endOfText;
    usual.select(1, 0).fill_(false);
    const auto target = spread.masked_select(usual).mean().detach();
    return asked.share * (losses.masked_select(targets != asked.endOfText).mean() +
                          asked.auxiliary * (spread - target).square().mean());
}

double largest(const at::Tensor& t) {
    return t.abs().max().item<double>();
}

class Pass : public ::testing::TestWithParam<Sites> {
  protected:
    TemporaryFolder folder_;
};

TEST_P(Pass, EveryGradientIsAutograds) {
    for (const auto& shape : {Shape{2, 4, 16, 23, 2, 9}, Shape{3, 2, 20, 11, 1, 2}}) {
        const auto owned = randomParameters(folder_, GetParam(), shape);
        auto& parameters = *owned;
        auto tokens = randomTokens(shape);
        tokens[0][0] = endOfText;
        const auto leaves = leavesOf(parameters);
        const TwinModel twin(parameters.weights(), leaves);
        const auto loss = twinLoss(twin, tokens, terms());
        loss.backward();
        const auto got =
            addGradients(parameters, tokens, terms(), residuum::Activations::Kept, Progress());
        EXPECT_NEAR(0.5 * (got.crossEntropy + 0.3 * got.spread), loss.item<double>(), 1e-12);
        for (const auto& parameter : parameters.all()) {
            const auto want = leaves.at(parameter.key).grad();
            EXPECT_LE(largest(parameter.gradient - want), 1e-11 * (1.0 + largest(want)))
                << parameter.key;
            EXPECT_GT(largest(want), 0.0) << parameter.key << " has no gradient to compare";
        }
    }
}

TEST_P(Pass, EveryGradientIsAFiniteDifference) {
    const Shape shape{2, 2, 8, 13, 2, 5};
    const auto owned = randomParameters(folder_, GetParam(), shape);
    auto& parameters = *owned;
    const auto tokens = randomTokens(shape);
    const auto asked = LossTerms{}; // the spread's target is no part of its gradient
    const auto loss = [&] {
        parameters.changed();
        Parameters copy(parameters.weights());
        return addGradients(copy, tokens, asked, residuum::Activations::Kept, Progress())
            .crossEntropy;
    };
    addGradients(parameters, tokens, asked, residuum::Activations::Kept, Progress());
    for (const auto& parameter : parameters.all()) {
        auto flat = parameter.value.view(-1);
        const auto place = flat.numel() / 3;
        const auto before = flat[place].clone();
        const auto at = [&](double by) {
            flat[place].copy_(before + by);
            return loss();
        };
        // Five points: GPT-2 with DyT bends too much for three.
        const double slope = (8.0 * (at(1e-4) - at(-1e-4)) - (at(2e-4) - at(-2e-4))) / 12e-4;
        flat[place].copy_(before);
        EXPECT_NEAR(parameter.gradient.view(-1)[place].item<double>(), slope, 1e-8)
            << parameter.key;
    }
}

TEST_P(Pass, RecomputedActivationsGiveTheSameGradients) {
    const Shape shape{3, 4, 16, 23, 2, 9};
    const auto owned = randomParameters(folder_, GetParam(), shape, DType::Float32);
    auto& kept = *owned;
    Parameters again(kept.weights());
    const auto tokens = randomTokens(shape);
    addGradients(kept, tokens, terms(), residuum::Activations::Kept, Progress());
    addGradients(again, tokens, terms(), residuum::Activations::Recomputed, Progress());
    for (std::size_t i = 0; i < kept.all().size(); ++i)
        EXPECT_TRUE(at::equal(kept.all()[i].gradient, again.all()[i].gradient))
            << kept.all()[i].key;
}

TEST_P(Pass, MicroBatchesAddUp) {
    const Shape shape{2, 4, 16, 23, 2, 9};
    const auto owned = randomParameters(folder_, GetParam(), shape);
    auto& once = *owned;
    Parameters twice(once.weights());
    const auto tokens = randomTokens(shape);
    const LossTerms whole{.endOfText = -1};
    addGradients(once, tokens, whole, residuum::Activations::Kept, Progress());
    for (const std::int64_t row : {0, 1})
        addGradients(twice, tokens.narrow(0, row, 1), {.endOfText = -1, .share = 0.5},
                     residuum::Activations::Kept, Progress());
    for (std::size_t i = 0; i < once.all().size(); ++i)
        EXPECT_TRUE(at::allclose(once.all()[i].gradient, twice.all()[i].gradient, 1e-11, 1e-13))
            << once.all()[i].key;
}

/// A block alone, its input's gradient too.
TEST_P(Pass, ABlockGoesBackAsAutogradDoes) {
    const Shape shape{1, 4, 16, 23, 3, 7};
    const auto owned = randomParameters(folder_, GetParam(), shape);
    auto& parameters = *owned;
    const auto leaves = leavesOf(parameters);
    const auto x = (at::randn({3, 7, 16}, at::kDouble) * 2.0 + 0.3).requires_grad_(true);
    const auto into = at::randn({3, 7, 16}, at::kDouble);
    const auto& weights = parameters.weights();
    (TwinModel(weights, leaves).block(0, x) * into).sum().backward();
    const auto run = runBlock(weights, LayerIndex(0), x.detach(), Kept::ForBackward);
    for (const bool maps : {false, true}) {
        parameters.clearGradients();
        const auto back = blockBackward(weights.blocks[0], run, into, weights.config.activation,
                                        {maps, &parameters.gradients().blocks[0]}, Progress());
        EXPECT_TRUE(at::allclose(back.residPre, x.grad(), 1e-10, 1e-11));
        EXPECT_EQ(back.pattern.defined(), maps);
        for (const auto& parameter : parameters.all()) {
            if (!parameter.key.starts_with("h."))
                continue;
            const auto want = leaves.at(parameter.key).grad();
            EXPECT_TRUE(at::allclose(parameter.gradient, want, 1e-10, 1e-10)) << parameter.key;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Pass,
                         ::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::RmsNorm,
                                           Sites::Outside, Sites::DynamicTanh, Sites::Mixed,
                                           Sites::Scaled),
                         [](const auto& kind) { return name(kind.param); });

TEST(PassOf, NothingToScoreIsSaid) {
    const TemporaryFolder folder;
    const Shape shape{1, 2, 8, 13, 1, 4};
    const auto owned = randomParameters(folder, Sites::LayerNorm, shape);
    auto& parameters = *owned;
    const auto tokens = at::full({1, 4}, endOfText, at::kLong);
    EXPECT_THROW(addGradients(parameters, tokens, terms(), residuum::Activations::Kept, Progress()),
                 Error);
}

TEST(CrossEntropy, TilesAreNothingButTiles) {
    at::manual_seed(4);
    const auto norm = at::randn({600, 8}, at::kDouble), W = at::randn({30, 8}, at::kDouble);
    auto labels = at::randint(0, 30, {600}, at::kLong);
    labels.narrow(0, 100, 200).fill_(noLabel);
    const auto leaf = norm.clone().requires_grad_(true), head = W.clone().requires_grad_(true);
    const auto want = at::nll_loss(at::log_softmax(at::matmul(leaf, head.t()), -1), labels, {},
                                   at::Reduction::Sum, noLabel);
    want.backward();
    const auto into = at::zeros_like(W);
    const auto got = crossEntropy(norm, W, labels, 1.0, into, Progress());
    EXPECT_NEAR(got.sum, want.item<double>(), 1e-10);
    EXPECT_TRUE(at::allclose(got.gradient, leaf.grad(), 1e-11, 1e-12));
    EXPECT_TRUE(at::allclose(into, head.grad(), 1e-11, 1e-12));
}

TEST(TrainingGoldens, EveryGradientAndTheLogits) {
    const auto folder = shared() / "golden/training";
    if (!std::filesystem::exists(folder / "expected.h5"))
        GTEST_SKIP() << folder << " is not beside the checkout";
    const Hdf5Reader golden(folder / "expected.h5");
    Parameters parameters(openModel(folder / "model", DType::Float64)->weights());
    const auto stored = readTokens(folder / "tokens.bin", 2 * 24);
    const auto tokens = at::tensor(stored, at::kLong).view({2, 24});
    const auto losses = addGradients(parameters, tokens, {.auxiliary = 0.1, .endOfText = 256},
                                     residuum::Activations::Kept, Progress());
    EXPECT_NEAR(losses.crossEntropy, golden.numbers("/gradients/cross_entropy").values[0], 1e-12);
    EXPECT_NEAR(losses.spread, golden.numbers("/gradients/aux").values[0], 1e-12);
    double worst = 0.0;
    for (const auto& parameter : parameters.all()) {
        const auto want =
            at::tensor(golden.numbers("/gradients/weights/" + parameter.key).values, at::kDouble)
                .view(parameter.value.sizes());
        const double off = largest(parameter.gradient - want) / largest(want);
        EXPECT_LE(off, 1e-9) << parameter.key;
        worst = std::max(worst, off);
    }
    std::printf("golden gradients: off by at most %.2g of the largest of each\n", worst);
}

} // namespace
} // namespace residuum::test

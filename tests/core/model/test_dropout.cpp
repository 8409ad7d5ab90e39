// Dropout: what is dropped, in which share, the same by every way of computing it; gradients
// through it against finite differences.
#include "core/model/dropout.h"

#include "core/model/attention.h"
#include "core/model/dropout_kernel.h"
#include "core/model/model.h"
#include "core/model/philox.h"
#include "core/model/training_pass.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <cmath>

namespace residuum::test {
namespace {

const DropoutAt somewhere{{.share = 0.1, .seed = 0x123456789ABCDEFULL, .step = 7, .microBatch = 3},
                          5};

/// As the header and the kernel's say it, number by number.
at::Tensor slow(const at::Tensor& t, const DropoutAt& at, std::int64_t firstRow,
                std::int64_t perGroup) {
    auto out = t.clone();
    const auto threshold = static_cast<std::uint32_t>(std::llround(at.noise.share * 0x1p32));
    for (std::int64_t g = 0; g < t.size(0); ++g)
        for (std::int64_t r = 0; r < t.size(1); ++r)
            for (std::int64_t c = 0; c < t.size(2); ++c) {
                const auto counter = c / 64 * 16 + c % 16, word = c % 64 / 16;
                const auto words =
                    philox({static_cast<std::uint32_t>(counter),
                            static_cast<std::uint32_t>(firstRow + g * perGroup + r),
                            static_cast<std::uint32_t>(at.site) |
                                static_cast<std::uint32_t>(at.noise.microBatch) << 16U,
                            static_cast<std::uint32_t>(at.noise.step)},
                           {static_cast<std::uint32_t>(at.noise.seed),
                            static_cast<std::uint32_t>(at.noise.seed >> 32U)});
                out[g][r][c] = words[static_cast<std::size_t>(word)] < threshold
                                   ? at::zeros({}, t.options())
                                   : t[g][r][c] / (1.0 - at.noise.share);
            }
    return out;
}

TEST(Dropout, IsPhiloxOfItsPlace) {
    for (const auto type : {at::kFloat, at::kDouble, at::kBFloat16}) { // the last by tensors
        const auto t = at::rand({2, 3, 150}, at::TensorOptions().dtype(type)) + 0.5;
        auto got = t.clone();
        dropOut(got, somewhere, 11, 20);
        const auto want = slow(t.to(at::kDouble), somewhere, 11, 20).to(type);
        EXPECT_TRUE(at::equal(got == 0, want == 0));
        EXPECT_TRUE(at::allclose(got, want, type == at::kBFloat16 ? 1e-2 : 1e-6, 0.0));
    }
}

TEST(Dropout, DropsItsShareAndKeepsTheMean) {
    auto t = at::ones({1, 2000, 700}, at::kDouble);
    dropOut(t, somewhere);
    const double share = (t == 0).to(at::kDouble).mean().item<double>();
    EXPECT_NEAR(share, 0.1, 5 * std::sqrt(0.09 / 1.4e6));
    EXPECT_NEAR(t.mean().item<double>(), 1.0, 0.002);
    auto other = at::ones_like(t);
    dropOut(other, {{.share = 0.1, .seed = somewhere.noise.seed, .step = 8, .microBatch = 3}, 5});
    const double both = ((t == 0) * (other == 0)).to(at::kDouble).mean().item<double>();
    EXPECT_NEAR(both, 0.01, 0.001); // another step's noise is another
}

TEST(Dropout, OfAttentionDoesNotDependOnTheThreads) {
    at::manual_seed(1);
    const auto make = [] { return at::randn({2, 140, 3, 8}, at::kDouble); };
    const QueriesKeysValues qkv{make(), make(), make()};
    const auto threads = at::get_num_threads();
    at::set_num_threads(1);
    const auto one = attend(qkv, 0.3, somewhere);
    at::set_num_threads(2);
    EXPECT_TRUE(at::equal(attend(qkv, 0.3, somewhere), one));
    at::set_num_threads(threads);
    // The same whole pattern, dropped in one piece.
    auto pattern = attentionMaps(qkv, 0.3).pattern.contiguous();
    dropOut(pattern, somewhere);
    EXPECT_TRUE(at::allclose(one, mixValues(pattern, qkv.v), 1e-12, 1e-14));
}

TEST(Dropout, GradientsAreFiniteDifferences) {
    const TemporaryFolder folder;
    const auto config = syntheticConfig(2, 2, 8, 13, 16);
    writeSyntheticGpt2(folder.path() / "m", config, 3);
    Progress progress;
    const auto model =
        Model::open({"m", "m", folder.path() / "m"}, {DType::Float64, "cpu"}, progress);
    Parameters parameters(model->weights());
    at::manual_seed(7);
    for (const auto& parameter : parameters.all())
        parameter.value.add_(at::randn_like(parameter.value) * 0.2);
    parameters.changed();
    const auto tokens = at::randint(0, 13, {2, 9}, at::kLong);
    for (const auto activations :
         {residuum::Activations::Kept, residuum::Activations::Recomputed}) {
        const LossTerms terms{.dropout = {.share = 0.3, .seed = 5, .step = 2, .microBatch = 1}};
        const auto loss = [&] {
            parameters.changed();
            Parameters copy(parameters.weights());
            return addGradients(copy, tokens, terms, activations, Progress()).crossEntropy;
        };
        EXPECT_NE(loss(), [&] {
            Parameters copy(parameters.weights());
            return addGradients(copy, tokens, {}, activations, Progress()).crossEntropy;
        }());
        parameters.clearGradients();
        addGradients(parameters, tokens, terms, activations, Progress());
        for (const auto& parameter : parameters.all()) {
            auto flat = parameter.value.view(-1);
            for (const auto place : {flat.numel() / 3, flat.numel() - 1}) {
                const auto before = flat[place].clone();
                const auto shifted = [&](double by) {
                    flat[place].copy_(before + by);
                    return loss();
                };
                const double slope =
                    (8.0 * (shifted(1e-4) - shifted(-1e-4)) - (shifted(2e-4) - shifted(-2e-4))) /
                    12e-4;
                flat[place].copy_(before);
                EXPECT_NEAR(parameter.gradient.view(-1)[place].item<double>(), slope, 1e-8)
                    << parameter.key;
            }
        }
    }
}

} // namespace
} // namespace residuum::test

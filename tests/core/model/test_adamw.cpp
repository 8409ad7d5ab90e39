// The optimiser against numbers computed by hand, and its two ways of computing.
#include "core/model/adamw.h"

#include "core/model/model.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>

namespace residuum::test {
namespace {

class Optimiser : public ::testing::Test {
  protected:
    std::unique_ptr<Parameters> parameters(DType dtype) {
        writeSyntheticGpt2(folder_.path() / "m", syntheticConfig(1, 2, 8, 13, 16), 3);
        Progress progress;
        const auto model = Model::open({"m", "m", folder_.path() / "m"}, {dtype, "cpu"}, progress);
        return std::make_unique<Parameters>(model->weights());
    }
    TemporaryFolder folder_;
};

TEST_F(Optimiser, TwoStepsByHand) {
    const auto owned = parameters(DType::Float64);
    auto& all = *owned;
    const auto& decayed = all.at("wte.weight");
    const auto& other = all.at("ln_f.bias");
    AdamW adam(all, {.weightDecay = 0.01, .clip = 1.0},
               [](const std::string& key) { return key == "wte.weight"; });
    const double before = decayed.value[0][0].item<double>(), bias = other.value[0].item<double>();
    // Two gradients of 3 and 4: their norm is 5, so they become 3 / 5.000001 and 4 / 5.000001.
    decayed.gradient[0][0] = 3.0;
    other.gradient[0] = 4.0;
    EXPECT_DOUBLE_EQ(adam.update(all, 0.01), 5.0);
    const double g = 3.0 / 5.000001, h = 4.0 / 5.000001;
    // First update: both moments are the gradient's own after their correction.
    const double once = before * (1.0 - 0.01 * 0.01) - 0.01 * g / (g + 1e-8);
    EXPECT_NEAR(decayed.value[0][0].item<double>(), once, 1e-14);
    EXPECT_NEAR(other.value[0].item<double>(), bias - 0.01 * h / (h + 1e-8), 1e-14);
    EXPECT_EQ(decayed.gradient.abs().max().item<double>(), 0.0);
    // Second: a gradient of 0.5, not clipped; the bias has none, its first moment goes on.
    decayed.gradient[0][0] = 0.5;
    EXPECT_DOUBLE_EQ(adam.update(all, 0.02), 0.5);
    const double m = (0.9 * 0.1 * g + 0.1 * 0.5) / (1.0 - 0.81);
    const double v = (0.999 * 0.001 * g * g + 0.001 * 0.25) / (1.0 - 0.999 * 0.999);
    EXPECT_NEAR(decayed.value[0][0].item<double>(),
                once * (1.0 - 0.02 * 0.01) - 0.02 * m / (std::sqrt(v) + 1e-8), 1e-13);
    EXPECT_EQ(adam.updates(), 2);
}

TEST_F(Optimiser, NoFiniteNormChangesNothing) {
    const auto owned = parameters(DType::Float32);
    AdamW adam(*owned, {}, [](const std::string&) { return true; });
    const auto& wte = owned->at("wte.weight");
    const auto before = wte.value.clone();
    wte.gradient[0][0] = NAN;
    EXPECT_TRUE(std::isnan(adam.update(*owned, 0.1)));
    EXPECT_TRUE(at::equal(wte.value, before));
    EXPECT_EQ(adam.updates(), 0);
}

/// Every kind of number and length of a tail, against the formula in tensors.
TEST_F(Optimiser, LoopsAreTheFormula) {
    const auto owned = parameters(DType::Float32);
    auto& all = *owned;
    at::manual_seed(2);
    AdamW adam(all, {}, [](const std::string& key) { return key.ends_with("weight"); });
    std::vector<at::Tensor> values, first, second;
    for (const auto& parameter : all.all()) {
        values.push_back(parameter.value.to(at::kDouble));
        first.push_back(at::zeros_like(values.back()));
        second.push_back(at::zeros_like(values.back()));
    }
    for (int t = 1; t <= 3; ++t) {
        double squares = 0.0;
        for (const auto& parameter : all.all()) {
            parameter.gradient.copy_(at::randn_like(parameter.gradient));
            squares += parameter.gradient.to(at::kDouble).square().sum().item<double>();
        }
        std::vector<at::Tensor> gradients;
        const double norm = std::sqrt(squares);
        for (const auto& parameter : all.all())
            gradients.push_back(parameter.gradient.to(at::kDouble) / (norm + 1e-6));
        EXPECT_NEAR(adam.update(all, 1e-2), norm, 1e-10 * norm);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto& parameter = all.all()[i];
            const double decay = parameter.key.ends_with("weight") ? 0.01 : 0.0;
            values[i].mul_(1.0 - 1e-2 * decay);
            first[i].mul_(0.9).add_(gradients[i], 0.1);
            second[i].mul_(0.999).add_(gradients[i].square(), 0.001);
            values[i].sub_(1e-2 / (1.0 - std::pow(0.9, t)) * first[i] /
                           (second[i].sqrt() / std::sqrt(1.0 - std::pow(0.999, t)) + 1e-8));
            EXPECT_TRUE(at::allclose(parameter.value.to(at::kDouble), values[i], 1e-4, 1e-5))
                << parameter.key;
        }
    }
}

} // namespace
} // namespace residuum::test

// Every kind of site: its formula, its gate, and its backward pass against LibTorch's autograd and
// finite differences in float64.
#include "core/model/norm.h"

#include "core/model/weights.h"
#include "twin_model.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace residuum {
namespace {

constexpr std::int64_t width = 16;

NormWeights randomSite(const NormSite& kind) {
    return {kind, at::randn({width}, at::kDouble), at::randn({width}, at::kDouble)};
}

double alphaOf(const NormSite& site) {
    const auto* norm = std::get_if<DynamicTanh>(&site);
    return norm == nullptr ? 0.0 : norm->alpha;
}

/// What a backward pass adds to the site's tensors.
NormWeights gradientsOf(const NormWeights& site, const at::Tensor& into, const at::Tensor& x) {
    NormWeights gradients{site.site, at::zeros_like(site.gain), at::zeros_like(site.bias)};
    if (std::holds_alternative<DynamicTanh>(site.site))
        gradients.alpha = at::zeros({1}, at::kDouble);
    normalizeBackward(into, x, site, &gradients);
    return gradients;
}

class NormKinds : public ::testing::TestWithParam<NormSite> {
  protected:
    void SetUp() override { at::manual_seed(11); }
    NormWeights site_ = randomSite(GetParam());
    at::Tensor x_ = at::randn({2, 3, width}, at::kDouble) * 1.5 + 0.3;
    at::Tensor into_ = at::randn({2, 3, width}, at::kDouble);
};

TEST_P(NormKinds, IsItsFormula) {
    const auto alpha = at::full({1}, alphaOf(GetParam()), at::kDouble);
    const auto want = test::normFormula(GetParam(), x_, site_.gain, site_.bias, alpha);
    EXPECT_TRUE(at::allclose(normalize(x_, site_), want, 1e-13, 1e-13));
    EXPECT_TRUE(at::allclose(normalize(x_[0][1], site_), want[0][1], 1e-13, 1e-13)) << "a row";
}

TEST_P(NormKinds, IsItsGate) {
    const auto& kind = GetParam();
    const auto g = gate(x_, kind);
    EXPECT_EQ(g.size(-1), rowDivisor(kind) ? 1 : width);
    EXPECT_TRUE(at::allclose(gated(x_, kind), centre(x_, kind) * g, 1e-13, 1e-13));
    EXPECT_TRUE(at::allclose(normalize(x_, site_),
                             centre(x_, kind) * g * foldedGain(site_) + site_.bias, 1e-13, 1e-13));
    if (const auto divisor = rowDivisor(kind)) {
        const auto square = centre(x_, kind).square().mean(-1, true);
        EXPECT_TRUE(at::allclose(divisorOf(square, *divisor) * g, at::ones_like(g)));
        EXPECT_NEAR(divisor->of(square[1][2][0].item<double>()),
                    divisorOf(square, *divisor)[1][2][0].item<double>(), 1e-14);
    }
}

TEST_P(NormKinds, HasAFiniteGateAtZero) {
    const auto zero = at::zeros({1, width}, at::kDouble);
    EXPECT_TRUE(at::isfinite(gate(zero, GetParam())).all().item<bool>());
    EXPECT_TRUE(
        at::isfinite(normalizeBackward(into_[0].narrow(0, 0, 1), zero, site_)).all().item<bool>());
    if (alphaOf(GetParam()) != 0.0) {
        EXPECT_TRUE(at::equal(gate(zero, GetParam()), at::full_like(zero, alphaOf(GetParam()))));
    }
}

TEST_P(NormKinds, GoesBackAsAutogradDoes) {
    auto x = x_.clone().requires_grad_(true), gain = site_.gain.clone().requires_grad_(true),
         bias = site_.bias.clone().requires_grad_(true),
         alpha = at::full({1}, alphaOf(GetParam()), at::kDouble).requires_grad_(true);
    (test::normFormula(GetParam(), x, gain, bias, alpha) * into_).sum().backward();
    EXPECT_TRUE(at::allclose(normalizeBackward(into_, x_, site_), x.grad(), 1e-11, 1e-12));
    const auto gradients = gradientsOf(site_, into_, x_);
    EXPECT_TRUE(at::allclose(gradients.gain, gain.grad(), 1e-11, 1e-12));
    EXPECT_TRUE(at::allclose(gradients.bias, bias.grad(), 1e-11, 1e-12));
    ASSERT_EQ(gradients.alpha.defined(), alpha.grad().defined());
    if (gradients.alpha.defined()) {
        EXPECT_TRUE(at::allclose(gradients.alpha, alpha.grad(), 1e-11, 1e-12));
    }
}

/// d/dε of the loss along `change(ε)`, central.
template <class Change>
double derivative(const Change& change) {
    constexpr double step = 1e-5;
    return (change(step) - change(-step)) / (2.0 * step);
}

TEST_P(NormKinds, GoesBackAsFiniteDifferencesDo) {
    const auto loss = [&](const at::Tensor& x, const NormWeights& site) {
        return (normalize(x, site) * into_).sum().item<double>();
    };
    const auto back = normalizeBackward(into_, x_, site_);
    const auto gradients = gradientsOf(site_, into_, x_);
    for (std::int64_t i = 0; i < width; ++i) {
        const auto moved = [&](const at::Tensor& t, double by) {
            auto other = t.clone();
            other.select(-1, i).add_(by);
            return other;
        };
        EXPECT_NEAR(back.select(-1, i).sum().item<double>(),
                    derivative([&](double by) { return loss(moved(x_, by), site_); }), 1e-8);
        EXPECT_NEAR(gradients.gain[i].item<double>(), derivative([&](double by) {
                        return loss(x_, {site_.site, moved(site_.gain, by), site_.bias});
                    }),
                    1e-8);
        EXPECT_NEAR(gradients.bias[i].item<double>(), derivative([&](double by) {
                        return loss(x_, {site_.site, site_.gain, moved(site_.bias, by)});
                    }),
                    1e-8);
    }
    if (const auto* norm = std::get_if<DynamicTanh>(&site_.site)) {
        EXPECT_NEAR(gradients.alpha.item<double>(), derivative([&](double by) {
                        return loss(x_, {DynamicTanh{norm->alpha + by}, site_.gain, site_.bias});
                    }),
                    1e-8);
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, NormKinds,
                         ::testing::Values(NormSite(LayerNorm{1e-5}), NormSite(LayerNorm{0.1}),
                                           NormSite(RemovedNorm{4.0}), NormSite(RmsNorm{1e-6}),
                                           NormSite(RmsNorm{0.2, true}),
                                           NormSite(DynamicTanh{0.7})));

TEST(Norm, ARemovedSiteIsAffineHoweverLargeTheResidual) {
    const auto norm = randomSite(RemovedNorm{4.0});
    const auto x = at::randn({3, width}, at::kDouble) * 1e6;
    const auto y = at::randn({3, width}, at::kDouble) * 1e6;
    const auto zero = normalize(at::zeros_like(x), norm);
    EXPECT_TRUE(
        at::allclose(normalize(x, norm) + normalize(y, norm) - zero, normalize(x + y, norm), 1e-9));
    EXPECT_TRUE(at::allclose(normalize(x + 1e3, norm), normalize(x, norm), 1e-9)) << "centring";
    EXPECT_TRUE(at::equal(normScale(x, norm.site), at::full({3, 1}, 4.0, at::kDouble)));
}

TEST(Norm, AnEpsilonTrickGainIsDividedInFloat64) {
    NormWeights norm = randomSite(RemovedNorm{3e6});
    norm.gain = (norm.gain * 3e6).to(at::kFloat);
    const auto want = (norm.gain.to(at::kDouble) / 3e6).to(at::kFloat);
    EXPECT_TRUE(at::equal(foldedGain(norm), want));
}

} // namespace
} // namespace residuum

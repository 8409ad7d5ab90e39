#include "core/model/normalize.h"

#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace residuum {
namespace {

NormWeights site(bool removed) {
    NormWeights weights;
    weights.site.removed = removed;
    weights.site.sigma = 4.0;
    weights.gain = at::randn({16}, at::kDouble);
    weights.bias = at::randn({16}, at::kDouble);
    return weights;
}

TEST(Normalize, RealSiteIsTheFormula) {
    const auto norm = site(false);
    const auto x = at::randn({2, 3, 16}, at::kDouble) * 5.0 + 1.0;
    const auto centred = x - x.mean(-1, true);
    const auto scale = at::sqrt((centred * centred).mean(-1, true) + norm.site.eps);
    EXPECT_TRUE(at::allclose(normScale(x, norm), scale));
    EXPECT_TRUE(at::allclose(normalize(x, norm), centred / scale * norm.gain + norm.bias));
}

TEST(Normalize, RemovedSiteIsAffineHoweverLargeTheResidual) {
    const auto norm = site(true);
    const auto x = at::randn({3, 16}, at::kDouble) * 1e6;
    const auto y = at::randn({3, 16}, at::kDouble) * 1e6;
    const auto zero = normalize(at::zeros_like(x), norm);
    EXPECT_TRUE(
        at::allclose(normalize(x, norm) + normalize(y, norm) - zero, normalize(x + y, norm), 1e-9));
    EXPECT_TRUE(at::allclose(normalize(x + 1e3, norm), normalize(x, norm), 1e-9)) << "centring";
    EXPECT_TRUE(at::equal(normScale(x, norm), at::full({3, 1}, 4.0, at::kDouble)));
}

} // namespace
} // namespace residuum

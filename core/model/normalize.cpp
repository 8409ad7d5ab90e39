#include "core/model/normalize.h"

#include "core/model/weights.h"

#include <ATen/ATen.h>

namespace residuum {

at::Tensor normalize(const at::Tensor& x, const NormWeights& site) {
    if (!site.site.removed)
        return at::layer_norm(x, {x.size(-1)}, site.gain, site.bias, site.site.eps);
    // The affine form, exactly: the epsilon trick's literal formula deviates from it where the
    // residual is large (SCIENCE §1). `gain` already holds 1/sigma.
    return at::addcmul(site.bias, x - x.mean(-1, /*keepdim=*/true), site.gain);
}

at::Tensor normScale(const at::Tensor& x, const NormWeights& site) {
    if (site.site.removed) {
        auto shape = x.sizes().vec();
        shape.back() = 1;
        return at::full(shape, site.site.sigma, x.options());
    }
    return at::sqrt(at::var(x, {-1}, /*unbiased=*/false, /*keepdim=*/true) + site.site.eps);
}

} // namespace residuum

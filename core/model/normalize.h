// One normalisation site applied to the residual stream (SCIENCE §1).
#pragma once

namespace at {
class Tensor;
}

namespace residuum {

struct NormWeights;

/// x: [..., d_model]. Returns hook_normalized: the site's output with gain and bias, same shape.
at::Tensor normalize(const at::Tensor& x, const NormWeights& site);

/// x: [..., d_model]. Returns hook_scale, [..., 1]: what the site divides by, the running
/// sqrt(var + eps) at a real site, the constant sigma at a removed one.
at::Tensor normScale(const at::Tensor& x, const NormWeights& site);

} // namespace residuum

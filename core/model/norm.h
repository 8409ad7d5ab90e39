// One normalisation site applied to the residual stream, forward and backward: the only file that
// computes by kind (SCIENCE §1, §7).
//
//   normalize(x) = centre(x) ⊙ gate(x) ⊙ foldedGain + bias
//
// A gate is a number per row (of every site with a rowDivisor: one over it), or per feature. Means,
// roots and gates are computed in float32 at least.
#pragma once

#include "core/checkpoint/normalization.h"

#include <ATen/core/Tensor.h>

namespace residuum {

struct NormWeights;

/// x: [..., d_model]. Returns hook_normalized: the site's output with gain and bias, same shape.
at::Tensor normalize(const at::Tensor& x, const NormWeights& site);

/// x minus its mean over d_model where the site centres, else x itself.
at::Tensor centre(const at::Tensor& x, const NormSite& site);

/// [..., 1] where it is one number per row, else [..., d_model].
at::Tensor gate(const at::Tensor& x, const NormSite& site);

/// centre(x) ⊙ gate(x), the output before gain and bias, same shape as x, in float32 at least.
at::Tensor gated(const at::Tensor& x, const NormSite& site);

/// The gain with a removed site's 1/sigma in it, which its gate then leaves out: in float64, since
/// an epsilon-trick gain is of the order 1e6 and its quotient of the order 1, then in the gain's
/// dtype. Of all other sites the gain as it is. [d_model]
at::Tensor foldedGain(const NormWeights& site);

/// meanSquare: of centre(x) over d_model. What centre(x) is divided by, same shape.
at::Tensor divisorOf(const at::Tensor& meanSquare, const RowDivisor& divisor);

/// x: [..., d_model]. Returns hook_scale, [..., 1], of a site with a rowDivisor: what it divides
/// by, the constant sigma at a removed one.
at::Tensor normScale(const at::Tensor& x, const NormSite& site);

/// d loss / d x. x, gradient: [..., d_model], the latter d loss / d output. Where `into` is not
/// null the gradients of the gain as it is stored, of the bias and of a DyT's alpha are added to
/// its tensors, summed over all rows.
at::Tensor normalizeBackward(const at::Tensor& gradient, const at::Tensor& x,
                             const NormWeights& site, NormWeights* into = nullptr);

} // namespace residuum

// Products of activations with weight matrices.
#pragma once

#include <cstdint>

namespace at {
class Tensor;
}

namespace residuum {

/// x [..., in] times W [in, out] plus bias [out] (undefined: none): [..., out], in x's dtype.
/// W may be a transposed or column-sliced view; it is never copied.
///
/// On the CPU the output's columns are shared among ATen's threads and each share is one
/// single-threaded BLAS call: a BLAS with a thread pool of its own would fight with ATen's
/// (measured: two to four times slower in alternation with elementwise operations).
at::Tensor applyWeights(const at::Tensor& x, const at::Tensor& W, const at::Tensor& bias);
/// The same without a bias.
at::Tensor applyWeights(const at::Tensor& x, const at::Tensor& W);

/// W [in, out] += factor · xᵀ gradient, for x [..., in] and gradient [..., out]: what applyWeights'
/// W gets. W may be a column-sliced view. Its larger side is shared among the threads, so that the
/// sums do not depend on their number.
void addWeightGradient(const at::Tensor& W, const at::Tensor& x, const at::Tensor& gradient,
                       double factor = 1.0);
/// b [out] += the sum of gradient's rows [..., out].
void addRows(const at::Tensor& b, const at::Tensor& gradient);

} // namespace residuum

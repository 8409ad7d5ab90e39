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

} // namespace residuum

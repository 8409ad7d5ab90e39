// Attention of many patched runs at once, each with its own first changed position: keys and values
// before it are the base run's, read where they lie.
//
// Shapes: B = pairs, T = pos, H = n_heads, D = d_head, d = H·D, R = changed rows of all patches,
// Q = queried rows of all patches.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace residuum {

/// One patched run. Its keys and values at positions [first, first + count) are rows
/// [row, row + count) of the changed ones; all others are those of `pair`'s base run.
struct RaggedRun {
    std::int64_t pair = 0;
    std::int64_t first = 0, count = 0, row = 0;
    std::int64_t queryFirst = 0, queryCount = 0, queryRow = 0; ///< rows of `queries` and of z
};

/// scale: what products of queries and keys are multiplied with. baseK, baseV: [B, T, H, D].
/// changedK, changedV: [R, d]. queries: [Q, d]. Returns z, [Q, d]. On the CPU in float32 and
/// float64 by a kernel of its own (AVX2 and AVX-512 where the processor has them), else by padded
/// batched products.
at::Tensor raggedAttention(const at::Tensor& baseK, const at::Tensor& baseV,
                           const at::Tensor& changedK, const at::Tensor& changedV,
                           const at::Tensor& queries, const std::vector<RaggedRun>& runs,
                           double scale);

/// The same by batched products of LibTorch, on any device: the kernel's twin in tests.
at::Tensor raggedAttentionPadded(const at::Tensor& baseK, const at::Tensor& baseV,
                                 const at::Tensor& changedK, const at::Tensor& changedV,
                                 const at::Tensor& queries, const std::vector<RaggedRun>& runs,
                                 double scale);

} // namespace residuum

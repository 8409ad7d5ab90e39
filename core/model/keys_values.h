// Attention of many runs at once, each on keys and values of which it shares a base with others and
// has a tail of its own: a patched run shares what its patch does not reach with the base run, a
// text that is being written shares its prompt.
//
// Shapes: B = bases, T = a base's positions (may be 0), H = n_heads, D = d_head, d = H·D, R = rows
// of all tails, Q = queried rows of all runs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace residuum {

/// Read where they lie, whatever their strides, but for the last dimension's, which is 1; of the
/// rows of a tail, those of one run follow each other.
struct KeysValues {
    at::Tensor baseK, baseV; ///< [B, T, H, D]
    at::Tensor tailK, tailV; ///< [R, H, D]
};

/// One run. Its keys and values at positions [first, first + count) are rows [row, row + count) of
/// the tails; all others are those of its base. The tail may end before the base does (a patch in
/// its first block), or go on after its end (a text).
struct AttendingRun {
    std::int64_t base = 0;
    std::int64_t first = 0, count = 0, row = 0;
    std::int64_t queryFirst = 0, queryCount = 0, queryRow = 0; ///< rows of `queries` and of z
};

/// queries: [Q, d], those of a run at positions from its queryFirst on; each sees the keys up to
/// its own position. scale: what products of queries and keys are multiplied with. Returns z, [Q,
/// d]. On the CPU in float32 and float64 by a kernel of its own (AVX2 and AVX-512 where the
/// processor has them), else by padded batched products.
at::Tensor attend(const KeysValues& keysValues, const at::Tensor& queries,
                  const std::vector<AttendingRun>& runs, double scale);

/// The same by batched products of LibTorch, on any device: the kernel's twin in tests.
at::Tensor attendPadded(const KeysValues& keysValues, const at::Tensor& queries,
                        const std::vector<AttendingRun>& runs, double scale);

} // namespace residuum

// One head's attention for a few queries over keys that lie in two places. Torch-free; the inner
// loop of exact patching and of generation.
#pragma once

#include <cstdint>

namespace residuum {

/// Rows of d_head numbers, `stride` numbers apart.
template <class Number>
struct HeadRows {
    Number* data = nullptr;
    std::int64_t stride = 0;

    Number* at(std::int64_t row) const { return data + row * stride; }
};

/// Query i stands at position queryFirst + i and sees the keys up to its own; keys and values at
/// [first, first + count) are the tail's, all others the base's.
template <class Number>
struct HeadAttention {
    HeadRows<Number> baseK, baseV, tailK, tailV; ///< tail row 0 is position `first`
    HeadRows<Number> queries, z;                 ///< row i belongs to query i
    std::int64_t first = 0, count = 0, queryFirst = 0, queryCount = 0, d_head = 0;
    Number scale = 1;         ///< of products of queries and keys
    Number* scores = nullptr; ///< room for one number per key
};

template <class Number>
using AttentionKernel = void (*)(const HeadAttention<Number>&);

/// The fastest that this processor can run. Number: float or double.
template <class Number>
AttentionKernel<Number> attentionKernel();

} // namespace residuum

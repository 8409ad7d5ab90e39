// Causal attention of all heads of a block.
//
// Shapes: B = batch, T = pos, H = n_heads, D = d_head, d = H·D.
#pragma once

#include <ATen/core/Tensor.h>

namespace residuum {

/// TransformerLens's value of a masked score.
inline constexpr double maskedScore = -1e5;

/// The three parts of a block's q|k|v product, as views. [B, T, H, D]
struct QueriesKeysValues {
    at::Tensor q, k, v;
};

struct AttentionMaps {
    at::Tensor scores;  ///< [B, H, query, key], masked ones are maskedScore
    at::Tensor pattern; ///< [B, H, query, key]
};

/// z [B, T, H, D]. Never builds [T, T]: blocks of queries see only the keys before them.
/// `scale`: what products of queries and keys are multiplied with.
at::Tensor attend(const QueriesKeysValues& qkv, double scale);

/// Whole score and pattern matrices, for those who want to look at them.
AttentionMaps attentionMaps(const QueriesKeysValues& qkv, double scale);
/// z [B, T, H, D] of whole pattern matrices.
at::Tensor mixValues(const at::Tensor& pattern, const at::Tensor& v);

} // namespace residuum

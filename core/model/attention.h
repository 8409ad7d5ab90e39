// Causal attention of all heads of a block.
//
// Shapes: B = batch, T = pos, H = n_heads, D = d_head, d = H·D.
#pragma once

#include "core/model/dropout.h"

#include <ATen/core/Tensor.h>

namespace residuum {

/// TransformerLens's value of a masked score.
inline constexpr double maskedScore = -1e5;

/// The three parts of a block's q|k|v product, as views. [B, T, H, D]
struct QueriesKeysValues {
    at::Tensor q, k, v;
};

struct AttentionMaps {
    at::Tensor scores;  ///< [B, H, query, key] in float32 at least, masked ones are maskedScore
    at::Tensor pattern; ///< [B, H, query, key]
};

/// z [B, T, H, D]. Never builds [T, T]: blocks of queries see only the keys before them.
/// `scale`: what products of queries and keys are multiplied with. `dropout`: of the pattern.
at::Tensor attend(const QueriesKeysValues& qkv, double scale, const DropoutAt& dropout = {});

/// Whole score and pattern matrices, for those who want to look at them.
AttentionMaps attentionMaps(const QueriesKeysValues& qkv, double scale);
/// z [B, T, H, D] of whole pattern matrices.
at::Tensor mixValues(const at::Tensor& pattern, const at::Tensor& v);

/// d loss / d queries, keys and values, each [B, T, H, D], from d loss / d z. Patterns are computed
/// again block by block of queries, so that [T, T] is never built.
QueriesKeysValues attendBackward(const at::Tensor& gradient, const QueriesKeysValues& qkv,
                                 double scale, const DropoutAt& dropout = {});

/// The same through whole matrices, for those who want to look at them.
struct AttentionMapGradients {
    at::Tensor pattern;         ///< [B, H, query, key], the pattern itself
    at::Tensor patternGradient; ///< [B, H, query, key], 0 where masked
    QueriesKeysValues qkv;
};
AttentionMapGradients attentionMapsBackward(const at::Tensor& gradient,
                                            const QueriesKeysValues& qkv, double scale);

} // namespace residuum

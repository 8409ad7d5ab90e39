// The weights as tensors. The one header below the seam that needs torch's types: include it only
// in files that compute.
//
// Shapes: d = d_model, H = n_heads, D = d_head (H·D = d), M = d_mlp, V = d_vocab, C = n_ctx.
#pragma once

#include "core/checkpoint/normalization.h"
#include "core/model/derived_weights.h"
#include "core/model/model_info.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

namespace residuum {

struct Checkpoint;

/// A normalisation site with its affine part, ready to apply.
struct NormWeights {
    NormSite site;
    at::Tensor gain; ///< [d], as trained; foldedGain has a removed site's sigma in it
    at::Tensor bias; ///< [d], zero where the checkpoint has none
};

struct BlockWeights {
    NormWeights ln1_qk;
    NormWeights ln1_v;       ///< shares its tensors with ln1_qk
    at::Tensor W_QKV;        ///< [d, 3·d], columns q | k | v, each head by head
    at::Tensor b_QKV;        ///< [3·d]
    double scoreScale = 1.0; ///< of products of queries and keys, 1/sqrt(D) as a rule
    at::Tensor W_O;          ///< [H·D, d]
    at::Tensor b_O;          ///< [d]
    NormWeights ln2;
    at::Tensor W_in;  ///< [d, M]
    at::Tensor b_in;  ///< [M]
    at::Tensor W_out; ///< [M, d]
    at::Tensor b_out; ///< [d]
};

/// All in one dtype on one device. float32 weights on the CPU are views of the mapped file:
/// read-only.
struct Weights {
    ModelConfig config;
    at::Tensor W_E;   ///< [V, d]
    at::Tensor W_pos; ///< [C, d]
    std::vector<BlockWeights> blocks;
    NormWeights ln_f;
    at::Tensor W_U_rows; ///< [V, d], the transposed unembedding; W_E itself where tied
    mutable DerivedWeightsCache derived; ///< what analyses need again and again, made on first use
};

/// Throws Error when the device is not there or the weights do not fit it.
std::unique_ptr<Weights> loadWeights(const Checkpoint& checkpoint, const NumericSettings& numeric,
                                     Progress& progress);

} // namespace residuum

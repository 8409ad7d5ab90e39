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

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace residuum {

struct Checkpoint;

/// A normalisation site with its affine part, ready to apply.
struct NormWeights {
    NormSite site;
    at::Tensor gain;    ///< [d], as trained; foldedGain has a removed site's sigma in it
    at::Tensor bias;    ///< [d], zero where the checkpoint has none
    at::Tensor alpha{}; ///< [1], of a DyT: where `site` has its number from; else undefined
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

/// Every tensor of a model in its place. Gradients of the weights have the same places.
struct WeightTensors {
    at::Tensor W_E;   ///< [V, d]
    at::Tensor W_pos; ///< [C, d]
    std::vector<BlockWeights> blocks;
    NormWeights ln_f;
    bool tiedHead = true;
    at::Tensor W_U_rows; ///< [V, d], the transposed unembedding; W_E itself where tied
};

/// All in one dtype on one device. An opened model's are immutable, float32 ones on the CPU views
/// of the mapped, read-only file; those of Parameters change with its generation.
struct Weights : WeightTensors {
    ModelConfig config;
    std::uint64_t generation = 0;        ///< of the values
    mutable DerivedWeightsCache derived; ///< what analyses need again and again, made on first use
};

/// Whether a tensor may be missing in a checkpoint: a site's bias, then zero like its gain.
enum class InCheckpoint { Required, ZeroIfMissing };

/// Visits each distinct tensor once with its checkpoint key (h.0.attn.c_attn.weight, …), in the
/// order of the model: the one list of a model's tensors. A DyT's alpha only where a site is one,
/// lm_head.weight only where the head is not tied.
using TensorVisitor =
    std::function<void(const std::string& key, at::Tensor& tensor, InCheckpoint presence)>;
void forEachTensor(WeightTensors& tensors, const TensorVisitor& visit);
/// Lets ln1_v and a tied head share the tensors that the visit filled.
void shareTensors(WeightTensors& tensors);

/// Throws Error when the device is not there or the weights do not fit it.
std::unique_ptr<Weights> loadWeights(const Checkpoint& checkpoint, const NumericSettings& numeric,
                                     Progress& progress);

} // namespace residuum

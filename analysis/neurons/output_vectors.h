// One layer's output vectors and what they can write to the logits.
//
// Shapes: M = d_mlp, d = d_model, V = d_vocab.
#pragma once

#include "analysis/neurons/neuron_result.h"
#include "core/model/weights.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace residuum {

/// On the CPU.
struct OutputVectors {
    at::Tensor centred; ///< [M, d] float64: rows of W_out minus their mean over d_model
    /// [M, d] in `computed(weights)`: rows that give logit directions by their product with
    /// W_U_rowsᵀ, ln_f's gain included; `offset` [M] is the direction's mean over the vocabulary.
    at::Tensor toLogits, offset;
};

OutputVectors outputVectors(const Weights& weights, LayerIndex layer);

/// The type that a model's logits are looked at in: float64 for float64, else float32.
at::ScalarType computed(const Weights& weights);

/// W_U_rows as `computed`, on the CPU; a view where it is that already.
at::Tensor unembedRows(const Weights& weights, std::int64_t first, std::int64_t count);

/// [C, V] directions D_n = W_Uᵀ w_n of the vectors' rows `neurons`, centred over the vocabulary.
at::Tensor logitDirections(const Weights& weights, const OutputVectors& vectors,
                           const std::vector<NeuronIndex>& neurons);

/// Norms, LogitVar, null-space fractions for k = 1 … `kept` and W_U's singular values (SCIENCE §4).
/// Singular values from the eigenvectors of the d_model × d_model Gram matrix in float64.
/// `progress` advances by one per thousand tokens of the vocabulary.
NeuronWeights neuronWeights(const Weights& weights, const OutputVectors& vectors, int kept,
                            Progress& progress);
std::int64_t neuronWeightsSteps(const ModelConfig& config);

/// The tokens that each of [C, V] directions promotes and suppresses most.
WrittenTokens writtenTokens(const at::Tensor& directions);

} // namespace residuum

// One layer's output vectors and what they can write to the logits.
//
// Shapes: M = d_mlp, d = d_model, V = d_vocab.
#pragma once

#include "analysis/neurons/neuron_result.h"
#include "core/model/weights.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>
#include <Eigen/Core>

#include <cstdint>
#include <span>

namespace residuum {

/// Float64 is on the CPU, the rest on the weights' device.
struct OutputVectors {
    /// [M, d] float64: rows of W_out, minus their mean over d_model where ln_f centres.
    at::Tensor rows;
    /// [M, d] in `computed(weights)`: rows that give logit directions at a gate of 1 by their
    /// product with unembedᵀ, ln_f's gain included; `offset` [M] float64 is the direction's mean
    /// over the vocabulary.
    at::Tensor toLogits, offset;
    at::Tensor unembed; ///< [V, d] W_U_rows in `computed(weights)`; no copy where they are that
};

OutputVectors outputVectors(const Weights& weights, LayerIndex layer);

/// The type that a model's logits are looked at in: float64 for float64, else float32.
at::ScalarType computed(const Weights& weights);

/// [C, V] directions D_n = W_Uᵀ w_n of the vectors' rows `neurons`, centred over the vocabulary.
at::Tensor logitDirections(const OutputVectors& vectors, std::span<const NeuronIndex> neurons);
/// The numbers of neurons as an index, int64 [C].
at::Tensor neuronRows(std::span<const NeuronIndex> neurons);

/// What W_U can write to the logits: the d_model × d_model Gram matrix of the unembedding (ln_f's
/// gain folded in, centred over the vocabulary) taken apart, float64.
struct UnembeddingSpectrum {
    Eigen::VectorXd values;  ///< [d] ascending: W_U's squared singular values
    Eigen::MatrixXd vectors; ///< [d, d], a column each
};
/// Of the model alone, whatever the layer. `progress` advances by one per thousand tokens of the
/// vocabulary.
UnembeddingSpectrum unembeddingSpectrum(const Weights& weights, Progress& progress);

/// Norms, LogitVar, null-space fractions for k = 1 … `kept` and W_U's singular values (SCIENCE §4).
/// `progress` advances likewise.
NeuronWeights neuronWeights(const Weights& weights, const OutputVectors& vectors,
                            const UnembeddingSpectrum& spectrum, int kept, Progress& progress);
/// Of each of the two.
std::int64_t neuronWeightsSteps(const ModelConfig& config);

/// The tokens that the neurons' output vectors promote and suppress most. Polls `progress`.
WrittenTokens writtenTokens(const OutputVectors& vectors, std::span<const NeuronIndex> neurons,
                            const Progress& progress);

/// Neurons whose directions are looked at together: their stretch of the vocabulary stays in a
/// core's second-level cache while tokens pass by.
inline constexpr std::size_t neuronsPerGroup = 64;

} // namespace residuum

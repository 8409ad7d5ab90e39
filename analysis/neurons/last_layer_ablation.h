// Exact effects of ablating last-layer neurons, without a product with W_U per neuron and token
// (SCIENCE §4: one neuron moves the logits along one fixed direction).
//
// Shapes: R = tokens of a block, C = neurons, d = d_model, V = d_vocab.
#pragma once

#include "analysis/neurons/ablation_kernel.h"
#include "analysis/neurons/ablation_tallies.h"
#include "analysis/neurons/output_vectors.h"
#include "analysis/neurons/token_states.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace residuum {

/// What adding y to the residual r, as ln_f sees both, does to logits m + b_U. before: the mean
/// square of r over d_model; dot = r·y, square = y·y; along: how many times the direction is y's
/// own.
FinalShifts finalShifts(const RowDivisor& divisor, double d_model, double before, double dot,
                        double square, double along);

/// The same shifts without a mean under p (see Shift::plus); `meanD` is D's, m has none.
FinalShifts aroundMean(FinalShifts shifts, double meanD);

/// Exact effects of moving each token's logits along a direction of its own: D [R, V], shifts [R].
/// Writes column `column` of `into`. Polls `progress`.
void shiftOwnDirections(const TokenStates& states, const at::Tensor& D,
                        const std::vector<FinalShifts>& shifts, Eigen::Index column,
                        EffectBlock& into, const Progress& progress);

/// Bytes that the closed form takes per token beside its states.
std::int64_t closedFormBytes(const Weights& weights);

/// Where ln_f divides by one number per row: elsewhere a neuron moves every token's logits along a
/// direction of the token's own.
class LastLayerAblation {
  public:
    /// Directions are kept between blocks where they fit `bytes`, else made again.
    LastLayerAblation(const Weights& weights, const OutputVectors& vectors,
                      std::vector<NeuronIndex> neurons, std::int64_t bytes);

    /// delta: [R, C] float64 on the CPU, the change of each neuron's activation. Polls `progress`
    /// for cancellation.
    EffectBlock effects(const TokenStates& states, const at::Tensor& delta,
                        const Progress& progress);
    /// The first `counts[i]` neurons together: [R, counts]. counts ascend.
    EffectBlock cumulative(const TokenStates& states, const at::Tensor& delta,
                           const std::vector<int>& counts, const Progress& progress);

  private:
    at::Tensor directions(std::size_t first, std::size_t count);
    at::Tensor vectorRows(std::size_t first, std::size_t count) const;

    FinalShifts shifts(const TokenStates& states, std::int64_t row, double dot, double square,
                       double along) const;

    const Weights& weights_;
    const OutputVectors& vectors_;
    RowDivisor divisor_;
    std::vector<NeuronIndex> neurons_;
    bool keep_;
    std::vector<at::Tensor> kept_; ///< by group
};

} // namespace residuum

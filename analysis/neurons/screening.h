// Every last-layer neuron's effects, estimated with a bound.
//
// To second order in the shift Δ (cumulants under the unablated probabilities p):
//   Δ loss ≈ E[Δ] + Var[Δ]/2 - Δ_target,
//   Δ entropy ≈ -Var[Δ]/2 - Cov[q, Δ] - E[q (Δ - E Δ)²]/2,    q = log p + entropy.
// Δ = a m + b D is a combination of two fixed vectors, so its moments are combinations of moments
// of m and D; only E[D²] and E[q D²] need products of tokens × vocabulary × neurons.
// The rest, by Taylor's theorem along tΔ, 0 ≤ t ≤ 1: a third cumulant is at most w Var, a fourth
// w² Var, a mixed fourth (of q, Δ, Δ, Δ) 7/4 w² sd[q] sd[Δ], and variances under tilted
// probabilities are at most e^w times the untilted ones, with w the width of Δ's range. So |rest| ≤
// w e^w Var/6 for the loss, and e^w (w Var/3 + 7/24 w² sd[q] sd[Δ] + w² Var/24) for the entropy.
// Rounding is added: every moment is a sum over the vocabulary of products with D, whose own
// rounding is that of ‖u_v‖ ‖w_n‖, however small D itself is (as it is for the very neurons that
// are looked for). So moments are taken to be off by a few dozen roundings of their sizes before
// anything cancels (Cauchy-Schwarz), and variances in the bounds are enlarged by theirs.
//
// It all holds where ln_f divides by one number per row; there is no bound elsewhere.
//
// Shapes: R = tokens of a block, M = d_mlp, V = d_vocab.
#pragma once

#include "analysis/neurons/output_vectors.h"
#include "analysis/neurons/token_states.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace residuum {

/// What the screening of a token takes beside its states.
std::int64_t screeningBytes(const Weights& weights);

class NeuronScreen {
  public:
    NeuronScreen(const Weights& weights, const OutputVectors& vectors);

    /// delta: [R, M] float64 on the CPU, the change of each neuron's activation. Polls `progress`.
    void add(const TokenStates& states, const at::Tensor& delta, const Progress& progress);
    /// Over all tokens added.
    NeuronScreening result() const;

  private:
    const Weights& weights_;
    const OutputVectors& vectors_;
    RowDivisor divisor_;
    double longestRow_;                     ///< largest ‖u_v‖
    std::vector<double> width_;             ///< [M] of D's range
    std::vector<double> sum_, abs_, bound_; ///< [neuron · effectCount + effect]
    std::size_t tokens_ = 0;
};

} // namespace residuum

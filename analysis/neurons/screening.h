// Every last-layer neuron's effects, estimated with a bound.
//
// To second order in the shift Δ (cumulants under the unablated probabilities p):
//   Δ loss ≈ E[Δ] + Var[Δ]/2 - Δ_target,
//   Δ entropy ≈ -Var[Δ]/2 - Cov[q, Δ] - E[q (Δ - E Δ)²]/2,    q = log p + entropy.
// Δ = a m + b D is a combination of two fixed vectors, so its moments are combinations of moments
// of m and D; only E[D²] and E[q D²] need products of tokens × vocabulary × neurons.
// The rest: |third cumulant| ≤ w Var, and a tilted variance is at most e^w Var, with w the width of
// Δ's range, so |rest| ≤ w e^w Var/6 for the loss, and w e^w Var/3 + 7/24 w² e^w sd[q] sd[Δ] for
// the entropy (fourth mixed cumulants ≤ 7/4 w² sd sd). A term for rounding is added.
//
// Shapes: R = tokens of a block, M = d_mlp, V = d_vocab.
#pragma once

#include "analysis/neurons/output_vectors.h"
#include "analysis/neurons/token_states.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace residuum {

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
    std::vector<double> width_;             ///< [M] of D's range
    std::vector<double> sum_, abs_, bound_; ///< [neuron · effectCount + effect]
    std::size_t tokens_ = 0;
};

} // namespace residuum

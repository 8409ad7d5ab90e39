// The metric of a patched run, read from its residual stream at the last position.
//
// Shapes: B = pairs, P = runs, d = d_model, V = d_vocab.
#pragma once

#include "analysis/inputs/prompt_pair.h"
#include "analysis/patching/patch_site.h"
#include "core/model/weights.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <vector>

namespace residuum {

/// SCIENCE §3; of several answers of a side, the mean of their logits, probabilities or log
/// probabilities. The logit difference needs two columns of W_U; the others the whole unembedding.
class EndMetric {
  public:
    /// answers: one per pair. cleanFinal [B, d]: what ln_f reads at the clean runs' last position
    /// (for KL).
    EndMetric(const Weights& weights, PatchMetric metric, std::vector<AnswerTokens> answers,
              const at::Tensor& cleanFinal, const Progress& progress);

    /// final: [P, d], the residual stream at the last position; pairs: of each run. In float64.
    std::vector<double> of(const at::Tensor& final, const std::vector<std::int64_t>& pairs) const;

    /// d metric / d final, [B, d], at `final` [B, d] of every pair's base run.
    at::Tensor gradient(const at::Tensor& final) const;

    /// Of the logit difference: mean W_U[correct] - mean W_U[incorrect], [B, d] float64.
    const at::Tensor& direction() const { return direction_; }

    /// FLOP of the unembedding per run.
    double flop() const;

  private:
    at::Tensor logProbabilities(const at::Tensor& final) const;
    at::Tensor gradientToLogits(const at::Tensor& final) const;

    const Weights& weights_;
    PatchMetric metric_;
    std::vector<AnswerTokens> answers_;
    const Progress& progress_;
    at::Tensor direction_; ///< undefined of other metrics
    at::Tensor correct_;   ///< [B, K] int64; pairs of fewer answers repeat their first
    at::Tensor shares_;    ///< [B, K] float64: 1/n of each of n answers, 0 of repetitions
    at::Tensor cleanLogProbabilities_; ///< [B, V], for KL
};

} // namespace residuum

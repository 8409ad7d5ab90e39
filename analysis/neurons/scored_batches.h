// A dataset's activations, batch by batch, as often as an analysis needs them.
//
// Shapes: B = batch, T = pos, d = d_model, M = d_mlp, R = scored tokens of a batch.
#pragma once

#include "analysis/inputs/batches.h"
#include "analysis/neurons/neuron_result.h"
#include "core/model/weights.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace residuum {

/// Sequences of one length, run once. Tensors are not to be written to.
struct ScoredBatch {
    at::Tensor resid;                  ///< [B, T, d] the layer's hook_resid_post
    at::Tensor final;                  ///< [B, T, d] the last layer's (the same where it is that)
    at::Tensor post;                   ///< [B, T, M] the layer's mlp.hook_post
    std::vector<std::int64_t> rows;    ///< [R] places b·T + t of the scored tokens
    std::vector<std::size_t> places;   ///< [R] in ScoredBatches::tokens
    std::vector<std::int64_t> targets; ///< [R] the next tokens

    /// [R, …] of a [B, T, …] tensor.
    at::Tensor scored(const at::Tensor& t) const;
};

/// Every position but a sequence's last is scored, its target is the next token.
class ScoredBatches {
  public:
    /// Keeps activations within `bytes` between passes; what does not fit is run again. Throws
    /// Error where no sequence has two tokens.
    ScoredBatches(const Weights& weights, const TokenInput& input, LayerIndex layer,
                  std::int64_t bytes);

    /// Sample-major; loss and entropy are not filled in.
    const std::vector<ScoredToken>& tokens() const { return tokens_; }
    /// Calls `use` for every batch, always in the same order. `progress` advances by one per
    /// sequence of the batch.
    void forEach(Progress& progress, const std::function<void(const ScoredBatch&)>& use);
    std::int64_t steps() const { return static_cast<std::int64_t>(sequences_); }

  private:
    ScoredBatch run(const Batch& batch, const Progress& progress) const;

    const Weights& weights_;
    LayerIndex layer_;
    std::int64_t bytesLeft_;
    std::size_t sequences_ = 0;      ///< of two tokens and more
    std::vector<std::size_t> first_; ///< of each sequence of the input, its place in tokens_
    std::vector<ScoredToken> tokens_;
    std::vector<Batch> batches_;
    std::vector<std::optional<ScoredBatch>> kept_;
};

} // namespace residuum

// What all studies of one model's layer over one dataset start from, computed once: output vectors,
// weight statistics, activations. Below the seam: for files that compute.
#pragma once

#include "analysis/neurons/neurons.h"
#include "analysis/neurons/output_vectors.h"
#include "analysis/neurons/scored_batches.h"
#include "core/model/model.h"

#include <memory>
#include <optional>

namespace residuum {

class NeuronGround {
  public:
    /// See `prepareNeurons`.
    NeuronGround(std::shared_ptr<const Model> model, const TokenInput& input, int layer,
                 const NeuronLimits& limits, NeuronsKnown known);

    const Model& model() const { return *model_; }
    const Weights& weights() const { return model_->weights(); }
    const ModelConfig& config() const { return weights().config; }
    LayerIndex layer() const { return layer_; }
    bool isLast() const { return layer_.value == config().n_layers - 1; }
    const NeuronLimits& limits() const { return limits_; }
    ScoredBatches& batches() { return batches_; }
    /// The input's sequences, and the longest one's tokens.
    Eigen::Index sequences() const { return sequences_; }
    Eigen::Index longest() const { return longest_; }

    const OutputVectors& vectors();
    /// With null-space fractions for k up to `kept` at least.
    const NeuronWeights& statistics(int kept, Progress& progress);
    const NeuronActivations& activations(Progress& progress);

  private:
    std::shared_ptr<const Model> model_;
    LayerIndex layer_;
    NeuronLimits limits_;
    Eigen::Index sequences_ = 0, longest_ = 0;
    ScoredBatches batches_;
    std::optional<OutputVectors> vectors_;
    std::optional<NeuronWeights> statistics_;
    SpectrumKeeper keeper_;
    std::optional<NeuronActivations> activations_;
};

} // namespace residuum

#include "analysis/neurons/neuron_ground.h"

#include "analysis/neurons/activation_statistics.h"
#include "analysis/neurons/neurons.h"

#include <algorithm>

namespace residuum {

NeuronGround::NeuronGround(std::shared_ptr<const Model> model, const TokenInput& input, int layer,
                           const NeuronLimits& limits, std::optional<NeuronWeights> known)
    : model_(std::move(model)), layer_(resolveLayer(layer, config())), limits_(limits),
      sequences_(static_cast<Eigen::Index>(input.sequences.size())),
      // Half of the memory for activations between passes, half for logits.
      batches_(weights(), input, layer_, limits.bytes / 2), statistics_(std::move(known)) {
    for (const auto& sequence : input.sequences)
        longest_ = std::max(longest_, static_cast<Eigen::Index>(sequence.tokens.size()));
}

const OutputVectors& NeuronGround::vectors() {
    if (!vectors_)
        vectors_ = outputVectors(weights(), layer_);
    return *vectors_;
}

const NeuronWeights& NeuronGround::statistics(int kept, Progress& progress) {
    if (!statistics_ || statistics_->nullCurve.cols() < kept) {
        progress.begin("weights of " + model_->info().name, neuronWeightsSteps(config()));
        statistics_ = neuronWeights(weights(), vectors(), kept, progress);
    }
    return *statistics_;
}

const NeuronActivations& NeuronGround::activations(Progress& progress) {
    if (!activations_) {
        progress.begin("activations of " + model_->info().name, batches_.steps());
        ActivationStatistics statistics(config().d_mlp);
        batches_.forEach(progress, [&](const ScoredBatch& batch) {
            statistics.add(batch.scored(batch.post), batch.places);
        });
        activations_ = statistics.result();
    }
    return *activations_;
}

} // namespace residuum

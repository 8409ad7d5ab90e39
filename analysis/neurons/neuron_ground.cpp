#include "analysis/neurons/neuron_ground.h"

#include "analysis/neurons/activation_statistics.h"

#include <algorithm>

namespace residuum {

NeuronGround::NeuronGround(std::shared_ptr<const Model> model, const TokenInput& input, int layer,
                           const NeuronLimits& limits, NeuronsKnown known)
    : model_(std::move(model)), layer_(resolveLayer(layer, config())), limits_(limits),
      sequences_(static_cast<Eigen::Index>(input.sequences.size())),
      // Half of the memory for activations between passes, half for logits.
      batches_(weights(), input, layer_, limits.bytes / 2), statistics_(std::move(known.weights)),
      keeper_(std::move(known.spectrum)) {
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
        const auto steps = neuronWeightsSteps(config());
        const auto make = [&] {
            progress.begin("unembedding of " + model_->info().name, steps);
            return unembeddingSpectrum(weights(), progress);
        };
        const auto spectrum =
            keeper_ ? keeper_(make) : std::make_shared<const UnembeddingSpectrum>(make());
        progress.begin("weights of " + model_->info().name, steps);
        statistics_ = neuronWeights(weights(), vectors(), *spectrum, kept, progress);
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

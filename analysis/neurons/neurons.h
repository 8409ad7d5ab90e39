// Confidence neurons: weights, activations, and what ablating them does (SCIENCE §4; Stolfo et al.
// 2024, arXiv 2406.16254).
#pragma once

#include "analysis/inputs/token_input.h"
#include "analysis/neurons/neuron_result.h"
#include "core/model/model.h"
#include "core/task/progress.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

struct UnembeddingSpectrum;
/// Gives the model's spectrum, where it is not at hand by what is called.
using SpectrumKeeper = std::function<std::shared_ptr<const UnembeddingSpectrum>(
    const std::function<UnembeddingSpectrum()>& make)>;

/// What is known of a model and need not be computed again.
struct NeuronsKnown {
    std::optional<NeuronWeights> weights{}; ///< statistics of the layer from an earlier result
    SpectrumKeeper spectrum{};              ///< null: it is computed
};

/// Holds a few numbers per scored token and neuron, whatever the dataset's length, and at most
/// about `limits.bytes` beside them. Throws Error (no scored token, layer or neuron out of range,
/// screening of another layer than the last, …), Cancelled.
std::shared_ptr<const NeuronResult> studyNeurons(const Model& model, const TokenInput& input,
                                                 const NeuronRequest& request, Progress& progress,
                                                 const NeuronLimits& limits = {},
                                                 NeuronsKnown known = {});

/// What studies of one model's layer over one input have in common: to be kept where further
/// neurons may be asked for. For one thread at a time.
class NeuronGround;
/// Throws Error where there is no scored token or no such layer.
std::shared_ptr<NeuronGround> prepareNeurons(std::shared_ptr<const Model> model,
                                             const TokenInput& input, int layer,
                                             const NeuronLimits& limits = {},
                                             NeuronsKnown known = {});
/// The same as above, of a request for the ground's layer.
std::shared_ptr<const NeuronResult> studyNeurons(NeuronGround& ground, const NeuronRequest& request,
                                                 Progress& progress);

/// mlp.hook_post of some neurons along one sequence, [neuron, pos]. Throws Error, Cancelled.
Table neuronActivations(const Model& model, const TokenSequence& sequence, LayerIndex layer,
                        const std::vector<NeuronIndex>& neurons, Progress& progress);

/// What was asked for and is not there, so that a study holds less: one sentence each.
std::vector<std::string> shortfalls(const NeuronResult& result);

/// Working memory that one token takes, whatever NeuronLimits say.
std::int64_t leastBytes(const Model& model);

/// The layer that `layer` names, from the end where negative. Throws Error naming --layer.
LayerIndex resolveLayer(int layer, const ModelConfig& config);

} // namespace residuum

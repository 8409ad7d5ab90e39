// One model's top neurons, followed in all.
#pragma once

#include "analysis/neurons/neuron_analysis.h"
#include "app/cli/opened_models.h"

#include <memory>
#include <string>
#include <vector>

namespace residuum {

using NeuronResults = std::vector<std::shared_ptr<const NeuronResult>>;

/// Results of all models over the neurons that `request` chooses in the model at `chooser`; the
/// request becomes the one they are all of. `warnings`, if given, gets what could not be stored.
NeuronResults answerFollowed(ResultCache* cache, const OpenedModels& opened, std::size_t chooser,
                             const PromptInput& input, NeuronRequest& request, Progress& progress,
                             const NeuronLimits& limits = {},
                             std::vector<std::string>* warnings = nullptr);

/// Results of all models, each over the neurons that the request chooses in it.
NeuronResults answerEach(ResultCache* cache, const OpenedModels& opened, const PromptInput& input,
                         const NeuronRequest& request, Progress& progress,
                         const NeuronLimits& limits = {},
                         std::vector<std::string>* warnings = nullptr);

} // namespace residuum

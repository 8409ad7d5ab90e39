#include "analysis/neurons/neuron_settings.h"

namespace residuum {

NeuronRequest neuronRequest(const NeuronSettings& settings) {
    NeuronRequest request;
    request.layer = settings.layer;
    request.choice.top = settings.top;
    request.by = settings.by;
    request.ablation = settings.ablation;
    request.nullSpace = settings.nullSpace;
    request.screen = settings.screen;
    // As on the command line, where one seed serves both.
    request.seed = settings.dataset ? settings.dataset->seed.value_or(0) : 0;
    return request;
}

} // namespace residuum

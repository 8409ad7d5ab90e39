#include "analysis/neurons/neuron_settings.h"

namespace residuum {

NeuronRequest neuronRequest(const NeuronSettings& settings) {
    NeuronRequest request = settings;
    request.choice.top = settings.top;
    // As on the command line, where one seed serves both.
    request.seed = settings.dataset ? settings.dataset->seed.value_or(0) : 0;
    return request;
}

} // namespace residuum

// Which neurons a request stands for.
#pragma once

#include "analysis/neurons/neuron_result.h"

#include <vector>

namespace residuum {

/// Throws Error naming a neuron that a layer does not have.
void requireInRange(const NeuronRequest& request, int d_mlp);
/// All (ascending), the named ones, or the top ones by the rank asked for. `screening` is needed
/// where `needsScreening(request.by)`.
std::vector<NeuronIndex> chosenNeurons(const NeuronRequest& request, const NeuronWeights& weights,
                                       const NeuronScreening* screening);
/// `request.randomNeurons` of the layer's others, the same on every machine; of all where all are
/// chosen.
std::vector<NeuronIndex> randomNeurons(const NeuronRequest& request,
                                       const std::vector<NeuronIndex>& chosen, int d_mlp);
/// How many neurons are ablated together: every number up to 10, then ever fewer.
std::vector<int> cumulativeCounts(std::size_t neurons);

} // namespace residuum

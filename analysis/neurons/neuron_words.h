// What is said of neurons' effects by the normalisation of their model. Torch-free.
#pragma once

#include "analysis/neurons/neuron_result.h"
#include "core/checkpoint/treatment.h"

#include <string>

namespace residuum {

/// What its total effects recompute and its frozen ones freeze.
Treatment treatmentOf(const NeuronResult& result);

/// Why estimates of a layer's neurons have no bound in such a model, as the end of a sentence about
/// it; "": they have.
std::string whyNoBound(const Normalization& model, bool isLastLayer);

} // namespace residuum

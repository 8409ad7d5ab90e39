// Results at the precision of their files.
#pragma once

#include "analysis/neurons/neuron_result.h"

namespace residuum {

/// Everything gets the precision of result files, so that a result read back is the one that was
/// computed, bit for bit.
void roundAsStored(NeuronResult& result);

} // namespace residuum

// Patching from the cache, computed, or taken up where it was broken off.
#pragma once

#include "analysis/patching/patch_analysis.h"

namespace residuum {

/// As `answer<PatchAnalysis>`; where the computation is cancelled, the exact cells it has got so
/// far are kept in the cache, and the next one begins with them. `partial`: see patchPairs.
Answer<PatchResult> answerPatch(ResultCache* cache, CacheUse use, const Model& model,
                                const PairInput& input, const PatchRequest& request,
                                Progress& progress, const PatchLimits& limits = {},
                                const PartialPatch& partial = {});

} // namespace residuum

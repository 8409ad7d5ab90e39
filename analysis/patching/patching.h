// Patching one model on pairs of prompts: exact, by attribution, along edges (SCIENCE §3).
#pragma once

#include "analysis/inputs/prompt_pair.h"
#include "analysis/patching/patch_request.h"
#include "analysis/patching/patch_result.h"
#include "core/model/model.h"
#include "core/task/progress.h"

#include <functional>
#include <memory>
#include <string>

namespace residuum {

/// What a computation will take, before it is begun.
struct PatchCost {
    double exactFlop = 0.0;     ///< matrix products of the exact sweeps, at most
    double edgeFlop = 0.0;      ///< of edges patched exactly and circuits, at most
    double forwardFlop = 0.0;   ///< of one plain forward pass over one pair's prompt
    std::int64_t peakBytes = 0; ///< of working memory beyond the weights, at most
    std::int64_t patches = 0;   ///< exact ones
};

/// Throws Error where the pairs or the request cannot be used (see `patchPairs`).
PatchCost patchCost(const Model& model, const PairTokens& pairs, const PatchRequest& request,
                    const PatchLimits& limits = {});

/// "2,304 patches, 1.51 TFLOP, at most 120 MB of working memory".
std::string describe(const PatchCost& cost);

/// Receives results on their way: estimates first, exact cells as they come, NaN where they are
/// still missing. Called at most every tenth of a second, by the computing thread.
using PartialPatch = std::function<void(std::shared_ptr<const PatchResult>)>;
using PatchPauses = std::function<bool(double preparing, double working)>;

/// Throws Error in words: prompts of unequal length, identical prompts, answers that coincide,
/// tokens outside the vocabulary, a request that has no meaning (attribution of KL at the clean
/// run, where its gradient is zero). Throws Cancelled, or Paused where `pauses` (see Job; asked
/// after the estimates and after every batch) says so. `begun`: a result of the same request, but
/// for its choice of cells, that was broken off; what it has is not computed again. `brokenOff`
/// gets what there was when the computation ends by either exception.
std::shared_ptr<const PatchResult>
patchPairs(const Model& model, const PairTokens& pairs, const PatchRequest& request,
           Progress& progress, const PatchLimits& limits = {}, const PartialPatch& partial = {},
           const PatchResult* begun = nullptr, PatchResult* brokenOff = nullptr,
           const PatchPauses& pauses = {});

} // namespace residuum

// What groups of components do in one model: all members changed in one run (SCIENCE, "Group
// effect").
#pragma once

#include "analysis/groups/groups_result.h"
#include "analysis/inputs/prompt_pair.h"
#include "core/model/model.h"
#include "core/task/progress.h"

#include <cstdint>
#include <memory>

namespace residuum {

/// What a computation takes, before it is begun.
struct GroupsCost {
    std::int64_t runs = 0; ///< groups, and members by themselves
    double flop = 0.0;     ///< of all pairs, at most
    std::int64_t peakBytes = 0;
};

/// Throws Error and UsageError as `groupEffects` does.
GroupsCost groupsCost(const Model& model, const PairTokens& pairs, const GroupsRequest& request,
                      std::int64_t memory);

/// `memory`: bytes that may be held beyond the weights; one pair's runs are, whatever it says.
/// Throws Error for pairs, UsageError for groups that cannot be used; Cancelled.
std::shared_ptr<const GroupsResult> groupEffects(const Model& model, const PairTokens& pairs,
                                                 const GroupsRequest& request, std::int64_t memory,
                                                 Progress& progress);

} // namespace residuum

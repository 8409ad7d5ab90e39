// What is asked about groups of components. Plain data.
#pragma once

#include "analysis/groups/component_group.h"
#include "analysis/patching/patch_site.h"
#include "analysis/question/fields.h"
#include "core/text/names.h"

#include <array>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace residuum {

/// What takes the place of a group's activations: hook_z of heads, hook_mlp_out of MLPs,
/// mlp.hook_post of neurons, at every position (SCIENCE, "Group effect").
enum class GroupChange {
    Mean,     ///< in the clean run their mean over all positions of all clean prompts
    Zero,     ///< in the clean run 0
    Resample, ///< in the clean run the corrupted run's
    Patch     ///< in the corrupted run the clean run's
};

template <>
struct NamesOf<GroupChange> {
    static constexpr std::array<std::pair<GroupChange, std::string_view>, 4> list{
        {{GroupChange::Mean, "mean"},
         {GroupChange::Zero, "zero"},
         {GroupChange::Resample, "resample"},
         {GroupChange::Patch, "patch"}}};
};

struct GroupsRequest {
    std::vector<ComponentGroup> groups;
    GroupChange change = GroupChange::Mean;
    PatchMetric metric = PatchMetric::LogitDiff;

    static constexpr auto fields() {
        using R = GroupsRequest;
        return std::tuple{
            field(&R::groups, "groups", "--groups",
                  "heads, MLPs and neurons that are changed together, as "
                  "NAME=L1H6+L2.mlp+L3N32,NAME=…")
                .alwaysTold(),
            field(&R::change, "change", "--change",
                  "ablation of the clean run by mean (over the clean prompts), zero or resample "
                  "(the corrupted run's values), or patch: the clean run's in the corrupted run")
                .alwaysTold(),
            field(&R::metric, "metric", "--metric", "logit_diff, prob, logprob or kl")
                .alwaysTold()};
    }

    friend bool operator==(const GroupsRequest&, const GroupsRequest&) = default;
};

} // namespace residuum

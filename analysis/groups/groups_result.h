// What groups of components do together, and each member alone. Plain data, immutable once made.
//
// Shapes: prompt = pairs of prompts, group, member = of all groups one after the other.
#pragma once

#include "analysis/groups/groups_request.h"
#include "analysis/tensor/eigen_adaptor.h"
#include "core/model/model_info.h"

#include <cstddef>
#include <string>
#include <vector>

namespace residuum {

struct GroupsResult {
    ModelInfo model;
    GroupsRequest request;
    std::vector<double> cleanMetric, corruptMetric; ///< [prompt]
    std::vector<std::string> groups;                ///< [group], their names
    std::vector<std::string> members;               ///< [member], "movers: L1H6"
    Table together; ///< [prompt, group], m(changed) - m(run that is changed), in the metric's unit
    Table alone;    ///< [prompt, member], the same of one member changed by itself
    /// [prompt, group], at the clean prompt's end, in logits of correct - incorrect: the sum of the
    /// members' direct logit attribution (LN frozen), and what the final logits lose where all
    /// members' outputs are taken from the final residual stream (LN recomputed).
    Table dla, directEffect;

    /// Where a group's members begin and end among `members`.
    std::size_t firstMember(std::size_t group) const;
    /// Of a group, mean over the prompts.
    double meanTogether(std::size_t group) const;
    /// The sum of what its members do alone, mean over the prompts.
    double meanAlone(std::size_t group) const;
};

} // namespace residuum

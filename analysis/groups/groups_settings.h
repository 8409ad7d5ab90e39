// What the groups panel has set, in a session; the groups are the session's pins'.
#pragma once

#include "analysis/groups/groups_request.h"
#include "analysis/question/session.h"

#include <tuple>

namespace residuum {

struct GroupsSettings {
    GroupChange change = GroupChange::Mean;
    PatchMetric metric = PatchMetric::LogitDiff;

    static constexpr auto fields() {
        using S = GroupsSettings;
        return std::tuple{field(&S::change, "change"), field(&S::metric, "metric")};
    }

    friend bool operator==(const GroupsSettings&, const GroupsSettings&) = default;
};

/// The groups of pins, in the order of their first members; pins of things that no group can have
/// are left out.
std::vector<ComponentGroup> groupsOf(const std::vector<SessionPin>& pins);

GroupsRequest groupsRequest(const GroupsSettings& settings, std::vector<ComponentGroup> groups);

} // namespace residuum

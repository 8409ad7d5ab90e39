// What groups of components do together, as figures and the panel's plots.
#pragma once

#include "analysis/groups/groups_analysis.h"
#include "widgets/panels/result_views.h"
#include "widgets/panels/views_panel.h"

namespace residuum {

/// Effects of groups beside the sum of their members', of members alone, and attributions.
ResultViews<GroupsAnalysis> groupsViews();
FigureKind groupsKind();

using GroupsPanel = ViewsPanel<GroupsAnalysis, groupsViews>;

} // namespace residuum

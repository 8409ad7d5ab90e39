// What models write, as their figures and their panel.
#pragma once

#include "analysis/generation/generation_analysis.h"
#include "widgets/panels/result_views.h"
#include "widgets/panels/views_panel.h"

namespace residuum {

/// Texts by loss and by entropy, and both over the steps.
ResultViews<GenerationAnalysis> generationViews();
FigureKind generationKind();

using GenerationPanel = ViewsPanel<GenerationAnalysis, generationViews>;

} // namespace residuum

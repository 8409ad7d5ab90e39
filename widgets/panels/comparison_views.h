// What differs between models, as views and figures.
#pragma once

#include "analysis/comparison/comparison_analysis.h"
#include "widgets/panels/result_views.h"
#include "widgets/panels/views_panel.h"

namespace residuum {

/// The first sequence's tokens by loss, entropy and distance from the other models, and how all
/// tokens' are distributed; residual norms, kurtosis, max/median ratio, growth by layer; heads'
/// scores; calibration; loss by position; tables of means, of heads, of tokens that stand out.
ResultViews<ComparisonAnalysis> comparisonViews();
FigureKind comparisonKind();

} // namespace residuum

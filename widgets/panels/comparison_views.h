// What differs between models, as views and figures.
#pragma once

#include "analysis/comparison/comparison_analysis.h"
#include "widgets/panels/result_views.h"
#include "widgets/panels/views_panel.h"

namespace residuum {

/// The first sequence's tokens by loss, entropy and distance from the other models; residual norms,
/// kurtosis, max/median ratio by layer; heads' scores; calibration; loss by position.
ResultViews<ComparisonAnalysis> comparisonViews();

/// The means of all models beside each other, as a table.
struct ComparisonTable : DescribedViews<ComparisonAnalysis, comparisonViews> {
    static constexpr QLatin1StringView view{"comparison-table"};
    static Drawing figure;
};

/// The views and the table.
FigureKind comparisonKind();

} // namespace residuum

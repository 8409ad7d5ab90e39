// Attribution's charts of all models together: the components ranked, the logit layer by layer, the
// error along the prompt. No widgets.
#pragma once

#include "widgets/panels/attribution_views.h"

namespace residuum {

/// The `top` components that write most towards the target and the `top` that write most against
/// it, by the DLA of largest magnitude over the models; rows in falling order of that magnitude.
ChartData rankedChart(const std::vector<AttributionColumn>& columns, int top);

/// layerSums of every model that has a row.
ChartData layerChart(const std::vector<AttributionColumn>& columns);

/// misjudgement(…).heads at every position of the row's prompt that the result has, in percent.
/// `tokens`: of the prompt, for the axis.
ChartData positionChart(const std::vector<AttributionColumn>& columns, const QStringList& tokens,
                        bool mlps = false);

/// NMAE of every head over what its result is of: [layer × head], in percent.
HeatmapFigure headErrors(const DlaResult& result);

} // namespace residuum

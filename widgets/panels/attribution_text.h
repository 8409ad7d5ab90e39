// What the attribution panel says of a column in words. No widgets.
#pragma once

#include "widgets/panels/attribution_board.h"

namespace residuum {

/// "NMAE 8.82 % [2.97, 19.0]".
QString nmaeLine(const DlaResult& result);
/// The numbers behind a position's misjudgement, not rounded. `position`: "14 (·to)".
QString misjudgementExplanation(const Misjudgement& found, const DlaResult& result,
                                const QString& place);
/// `domain`: what it is over.
QString nmaeExplanation(const DlaResult& result, const QString& domain);
/// NMAE over a dataset, unrounded, with MLPs and sign changes, and that the prompt has no part in
/// it.
QString datasetExplanation(const DatasetNmae& measured);
/// How exact the column's numbers are, and where they come from.
QString checkText(const ModelColumn& column, const AttributionBoard::ColumnAnswer& answer, int row);

} // namespace residuum

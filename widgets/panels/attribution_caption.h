// What an attribution figure is called and what its caption says. No widgets.
#pragma once

#include "widgets/panels/attribution_views.h"

namespace residuum {

/// "“ Mary” versus “ John”".
QString targetText(const AttributionColumn& column);
bool sameTargets(const std::vector<AttributionColumn>& columns);
/// Quantity, title and caption of `figure.view`; `columns`: one or more, which have a row.
void describe(Figure& figure, const std::vector<AttributionColumn>& columns,
              const ShownAttribution& shown);

} // namespace residuum

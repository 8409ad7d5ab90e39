// What stands out at a position: shown while nothing is looked at by itself.
#pragma once

#include "widgets/panels/attribution_views.h"

namespace residuum {

/// Of these columns, as HTML: the five heads and MLPs with the largest |DLA| in any model, and
/// those of every model whose DLA and direct effect have opposite signs (signThreshold). Names are
/// links to what they name.
QString overviewText(const std::vector<AttributionColumn>& columns);

} // namespace residuum

// Every kind of result that has figures.
#pragma once

#include "widgets/figure/figure_kind.h"

#include <vector>

namespace residuum {

/// A new kind of result is added here and nowhere else.
std::vector<FigureKind> figureKinds();

} // namespace residuum

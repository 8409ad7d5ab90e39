#include "app/figures/figure_kinds.h"

#include "widgets/panels/attribution_views.h"
#include "widgets/panels/neuron_views.h"
#include "widgets/panels/patching_views.h"

namespace residuum {

std::vector<FigureKind> figureKinds() {
    return {attributionKind(), patchingKind(), neuronKind()};
}

} // namespace residuum

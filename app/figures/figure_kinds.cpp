#include "app/figures/figure_kinds.h"

#include "widgets/panels/attribution_figures.h"
#include "widgets/panels/neuron_figures.h"
#include "widgets/panels/patching_figures.h"

namespace residuum {

std::vector<FigureKind> figureKinds() {
    return {attributionKind(), patchingKind(), neuronKind()};
}

} // namespace residuum

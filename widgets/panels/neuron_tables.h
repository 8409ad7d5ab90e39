// What is known of neurons as tables of numbers: of the chosen ones, of a whole layer. No widgets.
#pragma once

#include "core/checkpoint/treatment.h"
#include "widgets/figure/figure.h"
#include "widgets/panels/figure_source.h"
#include "widgets/panels/neuron_figures.h"

#include <vector>

namespace residuum {

using NeuronColumn = NamedResult<NeuronResult>;

/// What effects in all of them recompute and freeze.
Treatment treatmentOf(const std::vector<NeuronColumn>& columns);
/// The neurons that any model has chosen, with the models' exact numbers beside each other.
FigurePanel chosenTable(const std::vector<NeuronColumn>& columns, const NeuronView& view);
/// All neurons of a layer: what each model says of each, quantity by quantity. Effects are exact
/// for followed neurons; where others were screened they have bounds. Models of another layer are
/// left out.
TableFigure layerTable(LayerIndex layer, const std::vector<NeuronColumn>& columns,
                       const NeuronView& view);

} // namespace residuum

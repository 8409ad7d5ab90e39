// Confidence neurons' views: one description for the screen, for paper and for the command line. No
// widgets.
#pragma once

#include "widgets/figure/figure_kind.h"
#include "widgets/panels/neuron_tables.h"

#include <vector>

namespace residuum {

namespace neuronViews {
inline constexpr QLatin1StringView whole("neurons"), logitVar("norm-logitvar"),
    nullSpace("norm-nullspace"), entropy("neuron-entropy"), loss("neuron-loss"),
    cumulative("cumulative"), activations("neuron-activations"), table("neuron-table");
} // namespace neuronViews

/// The views that show it all together: output vectors, effects, cumulative ablation.
QStringList partsOf(const NeuronView& shown);
/// What a view fixes itself: `shown` with the view's own effect and plane.
NeuronView asViewed(const QString& view, NeuronView shown);

/// A view's scatters, boxes or curves, a panel of each column. `pins` have boxes of their own.
std::vector<FigurePanel> neuronPanels(const QString& view, const std::vector<NeuronColumn>& columns,
                                      const NeuronView& shown, const std::vector<Pin>& pins);
/// Activations along a sequence of all columns, one panel.
std::vector<FigurePanel> activationPanels(LayerIndex layer, const NeuronActivationLines& lines,
                                          const std::vector<Pin>& pins);
/// `request.view`: one of neuronKind()'s. `lines` are what the view of activations shows.
Figure neuronFigure(const std::vector<NeuronColumn>& columns, const NeuronActivationLines& lines,
                    const NeuronView& view, const FigureRequest& request,
                    const Provenance& provenance);
/// What the document shows. Throws Error where no column has a result.
Figure neuronFigure(const Workspace& workspace, FigureRequest& request);

/// How the document's settings have neurons shown.
NeuronView neuronViewOf(const Workspace& workspace);
/// Activations along the document's prompt, of the models that have them.
NeuronActivationLines shownActivations(const Workspace& workspace);

/// Neuron results' door to figures.
FigureKind neuronKind();

} // namespace residuum

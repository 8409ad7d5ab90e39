// Confidence neurons' views: one description for the screen, for paper and for the command line. No
// widgets.
#pragma once

#include "analysis/neurons/neuron_analysis.h"
#include "widgets/panels/neuron_tables.h"
#include "widgets/panels/shown_figure.h"

#include <memory>
#include <optional>
#include <vector>

namespace residuum {

/// The views that show it all together: output vectors, effects, cumulative ablation.
QStringList partsOf(const NeuronView& shown);

/// How neurons are looked at.
struct ShownNeurons {
    NeuronView view;
    std::vector<Pin> pins; ///< that have boxes of their own
    /// What the view of activations shows; null for others.
    std::shared_ptr<const NeuronActivationLines> lines{};
    /// Of the table of all neurons: of the model that chooses them; empty: of the first there is.
    std::optional<LayerIndex> layer{};

    friend bool operator==(const ShownNeurons&, const ShownNeurons&) = default;
};

/// See ViewsOf. Views: those of neuronKind().
struct NeuronViews : ViewsOf<NeuronAnalysis, ShownNeurons> {
    static constexpr QLatin1StringView whole{"neurons"}, logitVar{"norm-logitvar"},
        nullSpace{"norm-nullspace"}, entropy{"neuron-entropy"}, loss{"neuron-loss"},
        cumulative{"cumulative"}, mediated{"ln-mediated"}, activations{"neuron-activations"},
        table{"neuron-table"};
    /// The setting of boxes.
    static constexpr QLatin1StringView allSetting{"all-neurons"};
    /// What is there is whole; pinned neurons may be to come.
    static constexpr bool drawsPartial = true;

    static AsShown shown;
    static AskFor ask;
    /// What ablating the chosen neurons does, beside random ones.
    static Sentence verdict;
    static FigureOrigin<NeuronAnalysis> origin(const Workspace& workspace, const QString& view);
    /// Scatters, boxes or curves, a panel of each column; of activations one for all.
    static Panels panels;
    static ColourScale scale(const QString&, const std::vector<Column>&, const Shown&) {
        return {};
    }
    /// A row is one neuron: what is of another layer has no place in the table.
    static TableDrawing tableOf;
    static Drawing figure;
};

/// Activations along a sequence of all models, one panel.
std::vector<FigurePanel> activationPanels(LayerIndex layer, const NeuronActivationLines& lines,
                                          const std::vector<Pin>& pins);

/// How the document's settings have neurons shown.
NeuronView neuronViewOf(const Workspace& workspace);
/// Activations along the document's prompt, of the models that have them.
NeuronActivationLines shownActivations(const Workspace& workspace);

/// Neuron results' door to figures. `treatment`: of the models at hand.
FigureKind neuronKind(const Treatment& treatment = {});

} // namespace residuum

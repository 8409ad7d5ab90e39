// What the confidence-neuron panel shows, as data: points, boxes, curves, whole figures. No
// widgets.
#pragma once

#include "analysis/neurons/neuron_result.h"
#include "widgets/figure/figure_kind.h"
#include "widgets/plots/chart_data.h"
#include "widgets/plots/scatter_data.h"
#include "widgets/plots/token_strip_data.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace residuum {

class Workspace;

/// What the norm of output vectors is drawn against.
enum class NeuronPlane { LogitVar, NullSpace };

struct NeuronView {
    NeuronPlane plane = NeuronPlane::LogitVar;
    bool entropy = true; ///< else loss
    int nullSpace = usualNullSpace;

    friend bool operator==(const NeuronView&, const NeuronView&) = default;
};

/// One model of a neuron figure.
struct NeuronColumn {
    QString name;
    std::shared_ptr<const NeuronResult> result;
};

/// mlp.hook_post of some neurons along one sequence in one model.
struct NeuronActivationLine {
    QString name; ///< the model's
    std::vector<NeuronIndex> neurons;
    Table values; ///< [neuron, pos]
};
/// The same in all models, and the sequence's tokens as they are shown.
struct NeuronActivationLines {
    QStringList tokens;
    std::vector<NeuronActivationLine> models;
};

/// All neurons of the layer, the chosen and the random ones marked.
ScatterData weightsScatter(const NeuronResult& result, const NeuronView& view);
/// Gives scatters of several models the same axes.
void shareAxes(std::vector<ScatterData>& scatters);

/// Neurons that have boxes of their own; more would be too thin to read.
inline constexpr std::size_t boxedNeurons = 6;
/// Per-token |change| of the pinned and the first chosen neurons and of the random ones, total and
/// LN frozen. `pins`: ids.
ChartData effectBoxes(const NeuronResult& result, const NeuronView& view,
                      const std::vector<Pin>& pins);
/// Mean |change| with the first 1, 2, … neurons ablated, chosen and random, total and LN frozen.
ChartData cumulativeCurves(const NeuronResult& result, const NeuronView& view);
/// Activations along a sequence of the pinned and the first neurons of the first model, models
/// under each other. A neuron that a model was not asked about is unknown there.
TokenStrips activationStrips(LayerIndex layer, const NeuronActivationLines& lines,
                             const std::vector<Pin>& pins, const ScaleEnd& end = {});
/// The range that shows all of them.
AxisRange sharedRange(const std::vector<ChartData>& charts);

/// "|Δ entropy| [nats]".
QString effectTitle(const NeuronView& view);
/// Short lines, for narrow panels: "means: total | LN frozen", "chosen: 0.0011 | 0.0009", "random:
/// …": means of |change|.
QStringList effectSummary(const NeuronResult& result, const NeuronView& view);
/// "mean ablation, layer 3, 1,024 scored tokens".
QString neuronConventions(const NeuronResult& result);
/// The column of an effect in NeuronEffects' tables.
int effectColumn(bool frozen, bool entropy);
/// "mlp.hook_post of layer 3".
QString activationTitle(LayerIndex layer);
/// "18 %"; "undefined" where nothing changes.
QString shareText(double share);

/// `request.view`: one of neuronKind()'s. `lines` are what the view of activations shows.
Figure neuronFigure(const std::vector<NeuronColumn>& columns, const NeuronActivationLines& lines,
                    const NeuronView& view, const FigureRequest& request,
                    const Provenance& provenance);

/// The view that shows activations along a sequence.
inline constexpr QStringView neuronActivationView = u"neuron-activations";

/// How the document's settings have neurons shown.
NeuronView neuronViewOf(const Workspace& workspace);
/// Activations along the document's prompt, of the models that have them.
NeuronActivationLines shownActivations(const Workspace& workspace);
/// What the document shows. Throws Error where no column has a result.
Figure neuronFigure(const Workspace& workspace, FigureRequest& request);

/// Neuron results' door to figures.
FigureKind neuronKind();

} // namespace residuum

// What is shown of confidence neurons, as data: points, boxes, curves, numbers in words. No
// widgets.
#pragma once

#include "analysis/neurons/neuron_result.h"
#include "core/checkpoint/treatment.h"
#include "widgets/plots/chart_data.h"
#include "widgets/plots/pin.h"
#include "widgets/plots/scatter_data.h"
#include "widgets/plots/token_strip_data.h"

#include <QString>
#include <QStringList>

#include <array>
#include <vector>

namespace residuum {

/// What the norm of output vectors is drawn against.
enum class NeuronPlane { LogitVar, NullSpace };

struct NeuronView {
    NeuronPlane plane = NeuronPlane::LogitVar;
    bool entropy = true; ///< else loss
    int nullSpace = usualNullSpace;
    bool allBoxes = false; ///< boxes of all neurons, however thin

    friend bool operator==(const NeuronView&, const NeuronView&) = default;
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
/// Neurons that have boxes of their own; more would be too thin to read.
inline constexpr std::size_t boxedNeurons = 6;
/// Per-token |change| of the pinned and the first chosen neurons and of the random ones, total and
/// with the final site frozen. `pins`: ids.
ChartData effectBoxes(const NeuronResult& result, const NeuronView& view,
                      const std::vector<Pin>& pins);
/// Rows of the first model's neurons, a mark pair of each model: total and direct effect; what is
/// between them goes through the final site's scale. `treatment`: of the models.
ChartData mediatedChart(const std::vector<std::pair<QString, const NeuronResult*>>& models,
                        const NeuronView& view, const Treatment& treatment);
/// What the share that goes through the scale (`mediated`: its name) is, and why it may be
/// negative.
QString mediatedMeaning(const QString& mediated);
/// Mean |change| with the first 1, 2, … neurons ablated, chosen and random, total and frozen.
ChartData cumulativeCurves(const NeuronResult& result, const NeuronView& view);
/// Activations along a sequence of the pinned and the first neurons of the first model, models
/// under each other. A neuron that a model was not asked about is unknown there.
TokenStrips activationStrips(LayerIndex layer, const NeuronActivationLines& lines,
                             const std::vector<Pin>& pins);
/// "|Δ entropy| [nats]".
QString effectTitle(const NeuronView& view);
/// Short lines, for narrow panels: "means: total | LN frozen", "chosen: 0.0011 | 0.0009", "random:
/// …": means of |change|.
QStringList effectSummary(const NeuronResult& result, const NeuronView& view);
/// Mean |change| of the chosen neurons, and how many times that of the random ones it is ("–"
/// where there are none): {"0.0011", "0.42"}. `frozen`: with LN frozen.
std::array<QString, 2> chosenEffect(const NeuronResult& result, const NeuronView& view,
                                    bool frozen);
/// "mean ablation, layer 3, 1,024 scored tokens".
QString neuronConventions(const NeuronResult& result);
/// The column of an effect in NeuronEffects' tables.
int effectColumn(bool frozen, bool entropy);
/// "mlp.hook_post of layer 3".
QString activationTitle(LayerIndex layer);
/// "18 %"; "undefined" where nothing changes.
QString shareText(double share);

} // namespace residuum

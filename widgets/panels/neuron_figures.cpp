#include "widgets/panels/neuron_figures.h"

#include "analysis/neurons/neuron_words.h"
#include "widgets/plots/cell_grid.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/text/counts.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace residuum {

namespace {

enum Group { otherGroup, chosenGroup, randomGroup };
/// Colours of boxes, which stand for no group.
enum BoxColour { totalColour = 0, frozenColour = 3 };

QString what(const NeuronView& view) {
    return view.entropy ? QStringLiteral("entropy") : QStringLiteral("loss");
}

QString treatmentName(const NeuronResult& result, bool frozen) {
    return frozen ? QString::fromStdString(treatmentOf(result).frozen()) : QStringLiteral("total");
}

BoxStats boxOf(const NeuronEffects& effects, Eigen::Index neuron, int effect) {
    const auto& quantile = effects.quantile[static_cast<std::size_t>(effect)];
    // quantileLevels: 1, 5, 25, 50, 75, 95, 99 %
    return {quantile(neuron, 1), quantile(neuron, 2), quantile(neuron, 3),
            quantile(neuron, 4), quantile(neuron, 5), effects.meanAbs(neuron, effect)};
}

/// All random neurons' changes in one box: what a neuron nobody chose does.
std::optional<BoxStats> pooledBox(const NeuronEffects& effects, int effect) {
    if (effects.neurons.empty())
        return std::nullopt;
    const auto& quantile = effects.pooledQuantile;
    return BoxStats{quantile(effect, 1), quantile(effect, 2), quantile(effect, 3),
                    quantile(effect, 4), quantile(effect, 5), effects.meanAbs.col(effect).mean()};
}

/// Mean |change| of the first `count` neurons; NaN where there is none.
double meanChange(const NeuronEffects& effects, std::size_t count, int effect) {
    const auto rows = static_cast<Eigen::Index>(count);
    return rows == 0 ? std::nan("") : effects.meanAbs.topRows(rows).col(effect).mean();
}

/// Places of the neurons that are shown one by one: the pinned ones and as many of the first as
/// `most` leaves room for.
std::vector<Eigen::Index> shownRows(LayerIndex layer, const std::vector<NeuronIndex>& neurons,
                                    const std::vector<Pin>& pins, std::size_t most) {
    const auto isPinned = [&](NeuronIndex neuron) {
        const Thing thing = Neuron{layer, neuron};
        return std::any_of(pins.begin(), pins.end(),
                           [&](const Pin& pin) { return pin.thing == thing; });
    };
    auto room = static_cast<std::ptrdiff_t>(std::min(most, neurons.size())) -
                std::count_if(neurons.begin(), neurons.end(), isPinned);
    std::vector<Eigen::Index> rows;
    for (std::size_t n = 0; n < neurons.size(); ++n)
        if (isPinned(neurons[n]) || room-- > 0)
            rows.push_back(static_cast<Eigen::Index>(n));
    return rows;
}

ChartSeries curveOf(const CumulativeEffects& effects, int effect, const QString& name, int group,
                    bool hollow) {
    ChartSeries series;
    series.name = name;
    series.group = group;
    series.hollow = hollow;
    for (std::size_t i = 0; i < effects.counts.size(); ++i)
        series.curve.push_back(
            QPointF(effects.counts[i], effects.meanAbs(static_cast<Eigen::Index>(i), effect)));
    return series;
}

} // namespace

int effectColumn(bool frozen, bool entropy) {
    return static_cast<int>(frozen ? Effect::FrozenLoss : Effect::TotalLoss) + (entropy ? 1 : 0);
}

QString shareText(double share) {
    return std::isnan(share) ? QStringLiteral("undefined")
                             : threeDigits(100.0 * share) + QStringLiteral(" %");
}

ScatterData weightsScatter(const NeuronResult& result, const NeuronView& view) {
    ScatterData data;
    data.diagonal = false;
    data.groups = {QStringLiteral("all"), QStringLiteral("chosen"), QStringLiteral("random")};
    data.xTitle = QStringLiteral("norm of output vector");
    data.logarithmic = view.plane == NeuronPlane::LogitVar;
    data.yTitle = data.logarithmic
                      ? QStringLiteral("LogitVar")
                      : QStringLiteral("null-space fraction (k = %1)").arg(view.nullSpace);
    std::map<int, int> groups;
    for (const auto neuron : result.random.neurons)
        groups[neuron.value] = randomGroup;
    for (const auto neuron : result.chosen.neurons)
        groups[neuron.value] = chosenGroup;
    // Where every neuron is chosen none stands out.
    if (result.chosen.neurons.size() == result.weights.norm.size())
        groups.clear();
    // Marks of the few are drawn above those of the many.
    for (const int group : {otherGroup, randomGroup, chosenGroup})
        for (std::size_t n = 0; n < result.weights.norm.size(); ++n) {
            const auto found = groups.find(static_cast<int>(n));
            if ((found == groups.end() ? otherGroup : found->second) != group)
                continue;
            const Neuron neuron{result.layer, NeuronIndex(static_cast<std::int64_t>(n))};
            const double y = data.logarithmic ? result.weights.logitVar[n]
                                              : result.weights.nullFraction(n, view.nullSpace);
            data.points.push_back(
                {neuron, result.weights.norm[n], y, group, QString::fromStdString(label(neuron))});
        }
    return data;
}

QString effectTitle(const NeuronView& view) {
    return QStringLiteral("|Δ %1| [nats]").arg(what(view));
}

ChartData effectBoxes(const NeuronResult& result, const NeuronView& view,
                      const std::vector<Pin>& pins) {
    ChartData data;
    data.yTitle = effectTitle(view);
    data.logarithmic = true; // most tokens change little, few a lot
    const auto& all = result.chosen.neurons;
    const auto shown =
        shownRows(result.layer, all, pins, view.allBoxes ? all.size() : boxedNeurons);
    data.xTitle = QStringLiteral("neuron of layer %1").arg(result.layer.value);
    if (shown.size() < all.size())
        data.xMore = QStringLiteral("%1 of %2 shown").arg(shown.size()).arg(all.size());
    for (const auto row : shown) {
        const auto neuron = result.chosen.neurons[static_cast<std::size_t>(row)];
        data.categories.push_back({Neuron{result.layer, neuron}, QString::number(neuron.value)});
    }
    const bool random = !result.random.neurons.empty();
    if (random)
        data.categories.push_back({std::nullopt, QStringLiteral("random")});
    for (const bool frozen : {false, true}) {
        const int effect = effectColumn(frozen, view.entropy);
        ChartSeries series;
        series.name = treatmentName(result, frozen);
        series.group = frozen ? frozenColour : totalColour;
        series.hollow = frozen;
        for (const auto row : shown)
            series.boxes.emplace_back(boxOf(result.chosen, row, effect));
        if (random)
            series.boxes.push_back(pooledBox(result.random, effect));
        data.series.push_back(std::move(series));
    }
    return data;
}

TokenStrips activationStrips(LayerIndex layer, const NeuronActivationLines& lines,
                             const std::vector<Pin>& pins) {
    TokenStrips strips;
    if (lines.models.empty())
        return strips;
    strips.tokens = lines.tokens;
    for (const auto row : shownRows(layer, lines.models.front().neurons, pins, boxedNeurons)) {
        const auto neuron = lines.models.front().neurons[static_cast<std::size_t>(row)];
        TokenStripBlock block;
        block.thing = Neuron{layer, neuron};
        block.label = QString::fromStdString(label(*block.thing));
        for (const auto& model : lines.models) {
            TokenStripRow line{
                model.name,
                std::vector<double>(static_cast<std::size_t>(lines.tokens.size()), unknownValue)};
            const auto found = std::find(model.neurons.begin(), model.neurons.end(), neuron);
            if (found != model.neurons.end())
                for (std::size_t p = 0;
                     p < line.values.size() && static_cast<Eigen::Index>(p) < model.values.cols();
                     ++p)
                    line.values[p] =
                        model.values(found - model.neurons.begin(), static_cast<Eigen::Index>(p));
            block.rows.push_back(std::move(line));
        }
        strips.blocks.push_back(std::move(block));
    }
    return strips;
}

ChartData cumulativeCurves(const NeuronResult& result, const NeuronView& view) {
    ChartData data;
    data.xTitle = QStringLiteral("neurons ablated together");
    data.yTitle = effectTitle(view);
    for (const bool frozen : {false, true}) {
        const int effect = effectColumn(frozen, view.entropy);
        const auto suffix = QStringLiteral(", ") + treatmentName(result, frozen);
        if (!result.cumulative.counts.empty())
            data.series.push_back(
                curveOf(result.cumulative, effect, QStringLiteral("chosen") + suffix, 1, frozen));
        if (!result.cumulativeRandom.counts.empty())
            data.series.push_back(curveOf(result.cumulativeRandom, effect,
                                          QStringLiteral("random") + suffix, 2, frozen));
    }
    return data;
}

ChartData mediatedChart(const std::vector<std::pair<QString, const NeuronResult*>>& models,
                        const NeuronView& view, const Treatment& treatment) {
    ChartData data;
    data.xTitle = QStringLiteral("neuron");
    data.yTitle = QStringLiteral("nats");
    data.filled =
        QStringLiteral("mean %1, total (%2)")
            .arg(view.entropy ? QStringLiteral("|Δ entropy|") : QStringLiteral("|Δ loss|"),
                 QString::fromStdString(treatment.recomputed()));
    data.hollow = QStringLiteral("direct (%1)").arg(QString::fromStdString(treatment.frozen()));
    const auto& first = *models.front().second;
    for (const auto neuron : first.chosen.neurons)
        data.categories.push_back({Neuron{first.layer, neuron}, QString::number(neuron.value)});
    int group = 0;
    for (const auto& [name, result] : models) {
        ChartSeries series;
        series.name = name;
        series.group = group++;
        for (const auto neuron : first.chosen.neurons) {
            const auto& list = result->chosen.neurons;
            const auto found = std::find(list.begin(), list.end(), neuron);
            if (found == list.end() || result->layer != first.layer) {
                series.marks.push_back({unknownValue, unknownValue});
                series.remarks << QString();
                continue;
            }
            const auto row = found - list.begin();
            series.marks.push_back({result->chosen.meanAbs(row, effectColumn(false, view.entropy)),
                                    result->chosen.meanAbs(row, effectColumn(true, view.entropy))});
            const auto share =
                result->chosen.lnMediated(static_cast<std::size_t>(row), view.entropy);
            series.remarks << QStringLiteral("%1 %2").arg(
                QString::fromStdString(treatmentOf(*result).mediated()), shareText(share));
        }
        data.series.push_back(std::move(series));
    }
    return data;
}

QString mediatedMeaning(const QString& mediated) {
    return QStringLiteral("%1: 1 − direct / total, of mean |changes|. Negative where the direct "
                          "effect is the larger: the change of the scale works against it.")
        .arg(mediated);
}

QStringList effectSummary(const NeuronResult& result, const NeuronView& view) {
    const auto line = [&](const QString& which, const NeuronEffects& effects, std::size_t count) {
        return QStringLiteral("%1: %2 | %3")
            .arg(which, threeDigits(meanChange(effects, count, effectColumn(false, view.entropy))),
                 threeDigits(meanChange(effects, count, effectColumn(true, view.entropy))));
    };
    QStringList lines{QStringLiteral("means: total | ") + treatmentName(result, true),
                      line(QStringLiteral("chosen"), result.chosen, result.chosenOnes)};
    if (const auto random = result.random.neurons.size(); random > 0)
        lines << line(QStringLiteral("random"), result.random, random);
    return lines;
}

std::array<QString, 2> chosenEffect(const NeuronResult& result, const NeuronView& view,
                                    bool frozen) {
    const int effect = effectColumn(frozen, view.entropy);
    const double chosen = meanChange(result.chosen, result.chosenOnes, effect);
    const double random = meanChange(result.random, result.random.neurons.size(), effect);
    return {threeDigits(chosen), std::isfinite(random) && random > 0.0
                                     ? threeDigits(chosen / random)
                                     : QStringLiteral("–")};
}

QString activationTitle(LayerIndex layer) {
    return QStringLiteral("mlp.hook_post of layer %1").arg(layer.value);
}

QString neuronConventions(const NeuronResult& result) {
    return QStringLiteral("%1 ablation, layer %2, %3")
        .arg(QString::fromStdString(name(result.request.ablation)))
        .arg(result.layer.value)
        .arg(countText(static_cast<qint64>(result.tokens.size()), QStringLiteral("scored token")));
}

} // namespace residuum

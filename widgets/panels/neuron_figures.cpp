#include "widgets/panels/neuron_figures.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/workspace/component_id.h"

#include <QLocale>

#include <algorithm>
#include <cmath>
#include <map>

namespace residuum {

namespace {

enum Group { otherGroup, chosenGroup, randomGroup };

QString what(const NeuronView& view) {
    return view.entropy ? QStringLiteral("entropy") : QStringLiteral("loss");
}

BoxStats boxOf(const NeuronEffects& effects, Eigen::Index neuron, int effect) {
    const auto& quantile = effects.quantile[static_cast<std::size_t>(effect)];
    // quantileLevels: 1, 5, 25, 50, 75, 95, 99 %
    return {quantile(neuron, 1), quantile(neuron, 2), quantile(neuron, 3),
            quantile(neuron, 4), quantile(neuron, 5), effects.meanAbs(neuron, effect)};
}

/// The random neurons' boxes averaged: what a neuron nobody chose does.
std::optional<BoxStats> averageBox(const NeuronEffects& effects, int effect) {
    const auto count = static_cast<double>(effects.neurons.size());
    if (effects.neurons.empty())
        return std::nullopt;
    BoxStats sum;
    for (std::size_t n = 0; n < effects.neurons.size(); ++n) {
        const auto box = boxOf(effects, static_cast<Eigen::Index>(n), effect);
        sum.low += box.low / count;
        sum.quarter += box.quarter / count;
        sum.median += box.median / count;
        sum.threeQuarters += box.threeQuarters / count;
        sum.high += box.high / count;
        sum.mean += box.mean / count;
    }
    return sum;
}

double meanOf(const NeuronEffects& effects, int effect) {
    return effects.neurons.empty() ? std::nan("") : effects.meanAbs.col(effect).mean();
}

/// Rows of `chosen` that get boxes: the pinned ones and as many of the first as there is room for.
std::vector<Eigen::Index> boxedRows(const NeuronResult& result, const std::vector<Pin>& pins) {
    const auto isPinned = [&](NeuronIndex neuron) {
        const int id = neuronId(result.layer, neuron);
        return std::any_of(pins.begin(), pins.end(), [&](const Pin& pin) { return pin.id == id; });
    };
    const auto& neurons = result.chosen.neurons;
    auto room = static_cast<std::ptrdiff_t>(boxedNeurons) -
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
    data.yTitle = view.plane == NeuronPlane::LogitVar
                      ? QStringLiteral("log10 LogitVar")
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
            const int id = neuronId(result.layer, NeuronIndex(static_cast<std::int64_t>(n)));
            const double y =
                view.plane == NeuronPlane::LogitVar
                    ? std::log10(result.weights.logitVar[n])
                    : result.weights.nullFraction(
                          n, std::clamp(view.nullSpace, 1,
                                        static_cast<int>(result.weights.nullCurve.cols())));
            data.points.push_back(
                {id, result.weights.norm[n], y, group, QString::fromStdString(nameOfId(id))});
        }
    return data;
}

void shareAxes(std::vector<ScatterData>& scatters) {
    AxisRange x{INFINITY, -INFINITY}, y = x;
    for (const auto& scatter : scatters)
        for (const auto& point : scatter.points)
            if (std::isfinite(point.x) && std::isfinite(point.y)) {
                x = {std::min(x.first, point.x), std::max(x.last, point.x)};
                y = {std::min(y.first, point.y), std::max(y.last, point.y)};
            }
    for (auto* range : {&x, &y})
        if (!(range->last > range->first)) // one neuron, or none
            *range = {std::isfinite(range->first) ? range->first - 1.0 : 0.0,
                      std::isfinite(range->last) ? range->last + 1.0 : 1.0};
    for (auto& scatter : scatters) {
        scatter.x = x;
        scatter.y = y;
    }
}

QString effectTitle(const NeuronView& view) {
    return QStringLiteral("|Δ %1| [nats]").arg(what(view));
}

ChartData effectBoxes(const NeuronResult& result, const NeuronView& view,
                      const std::vector<Pin>& pins) {
    ChartData data;
    data.xTitle = QStringLiteral("neuron of layer %1").arg(result.layer.value);
    data.yTitle = effectTitle(view);
    data.logarithmic = true; // most tokens change little, few a lot
    const auto shown = boxedRows(result, pins);
    for (const auto row : shown) {
        const auto neuron = result.chosen.neurons[static_cast<std::size_t>(row)];
        data.categories.push_back({neuronId(result.layer, neuron), QString::number(neuron.value)});
    }
    const bool random = !result.random.neurons.empty();
    if (random)
        data.categories.push_back({-1, QStringLiteral("random")});
    for (const bool frozen : {false, true}) {
        const int effect = effectColumn(frozen, view.entropy);
        ChartSeries series;
        series.name = frozen ? QStringLiteral("LN frozen") : QStringLiteral("total");
        series.group = frozen ? 2 : 1;
        series.hollow = frozen;
        for (const auto row : shown)
            series.boxes.emplace_back(boxOf(result.chosen, row, effect));
        if (random)
            series.boxes.push_back(averageBox(result.random, effect));
        data.series.push_back(std::move(series));
    }
    return data;
}

ChartData cumulativeCurves(const NeuronResult& result, const NeuronView& view) {
    ChartData data;
    data.xTitle = QStringLiteral("neurons ablated together");
    data.yTitle = effectTitle(view);
    for (const bool frozen : {false, true}) {
        const int effect = effectColumn(frozen, view.entropy);
        const auto suffix = frozen ? QStringLiteral(", LN frozen") : QStringLiteral(", total");
        if (!result.cumulative.counts.empty())
            data.series.push_back(
                curveOf(result.cumulative, effect, QStringLiteral("chosen") + suffix, 1, frozen));
        if (!result.cumulativeRandom.counts.empty())
            data.series.push_back(curveOf(result.cumulativeRandom, effect,
                                          QStringLiteral("random") + suffix, 2, frozen));
    }
    return data;
}

AxisRange sharedRange(const std::vector<ChartData>& charts) {
    std::optional<AxisRange> shared;
    for (const auto& chart : charts)
        if (const auto range = valueRange(chart))
            shared = shared ? AxisRange{std::min(shared->first, range->first),
                                        std::max(shared->last, range->last)}
                            : *range;
    return shared.value_or(AxisRange{0.0, 1.0});
}

QStringList effectSummary(const NeuronResult& result, const NeuronView& view) {
    const int total = effectColumn(false, view.entropy), frozen = effectColumn(true, view.entropy);
    const auto line = [&](const QString& which, const NeuronEffects& effects) {
        return QStringLiteral("%1: %2 total, %3 LN frozen")
            .arg(which, threeDigits(meanOf(effects, total)), threeDigits(meanOf(effects, frozen)));
    };
    QStringList lines{line(QStringLiteral("chosen"), result.chosen)};
    if (!result.random.neurons.empty())
        lines << line(QStringLiteral("random"), result.random);
    return lines;
}

QString neuronConventions(const NeuronResult& result) {
    return QStringLiteral("%1 ablation, layer %2, %3 scored tokens")
        .arg(QString::fromStdString(name(result.request.ablation)))
        .arg(result.layer.value)
        .arg(QLocale::c().toString(static_cast<qlonglong>(result.tokens.size())));
}

} // namespace residuum

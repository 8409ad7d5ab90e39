#include "widgets/panels/neuron_tables.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

QString nats() {
    return QStringLiteral("nats");
}

/// What is said of a neuron.
enum class What { Total, Frozen, Mediated, Norm, LogitVar, NullSpace, Mean };

struct Number {
    double value = std::nan("");
    double bound = std::nan(""); ///< of an estimate
};

/// What one model says of neurons. Models of one figure may have layers of different widths.
class Numbers {
  public:
    Numbers(const NeuronResult& result, const NeuronView& view)
        : result_(result), view_(view), exactRow_(result.weights.norm.size(), -1) {
        for (std::size_t i = 0; i < result.chosen.neurons.size(); ++i)
            exactRow_.at(static_cast<std::size_t>(result.chosen.neurons[i].value)) =
                static_cast<int>(i);
    }

    Number of(int neuron, What what) const {
        const auto at = static_cast<std::size_t>(neuron);
        if (at >= exactRow_.size())
            return {};
        switch (what) {
        case What::Total:
        case What::Frozen:
            return effect(at, what == What::Frozen);
        case What::Mediated: {
            const auto total = effect(at, false), frozen = effect(at, true);
            return {total.value > 0.0 ? 100.0 * (1.0 - frozen.value / total.value) : std::nan(""),
                    std::isnan(total.bound) ? total.bound : 0.0};
        }
        case What::Norm:
            return {result_.weights.norm[at]};
        case What::LogitVar:
            return {result_.weights.logitVar[at]};
        case What::NullSpace:
            return {result_.weights.nullFraction(at, view_.nullSpace)};
        case What::Mean:
            break;
        }
        return {result_.activations.mean[at]};
    }

  private:
    Number effect(std::size_t at, bool frozen) const {
        const int column = effectColumn(frozen, view_.entropy);
        if (exactRow_[at] >= 0)
            return {result_.chosen.meanAbs(exactRow_[at], column)};
        const auto row = static_cast<Eigen::Index>(at);
        if (result_.screening)
            return {result_.screening->meanAbs(row, column), result_.screening->bound(row, column)};
        return {};
    }

    const NeuronResult& result_;
    const NeuronView& view_;
    std::vector<int> exactRow_; ///< of each neuron in `chosen`; -1: it is not followed
};

/// Neurons that any model has chosen, in the order of the first.
std::vector<int> chosenNeurons(const std::vector<NeuronColumn>& columns) {
    std::vector<int> neurons;
    for (const auto& column : columns)
        for (const auto neuron : column.result->chosen.neurons)
            if (std::find(neurons.begin(), neurons.end(), neuron.value) == neurons.end())
                neurons.push_back(neuron.value);
    return neurons;
}

} // namespace

Treatment treatmentOf(const std::vector<NeuronColumn>& columns) {
    Treatment treatment;
    for (const auto& column : columns)
        treatment.add(column.result->model.normalization, column.result->layer.value);
    return treatment;
}

FigurePanel chosenTable(const std::vector<NeuronColumn>& columns, const NeuronView& view) {
    const auto neurons = chosenNeurons(columns);
    TableFigure table;
    table.rowTitle = QStringLiteral("neuron");
    for (const int neuron : neurons)
        table.rows << QString::number(neuron);
    struct Shown {
        What what;
        QString title, unit;
    };
    const auto treatment = treatmentOf(columns);
    const auto frozen = QString::fromStdString(treatment.frozen());
    const Shown all[] = {{What::Norm, QStringLiteral("norm"), {}},
                         {What::LogitVar, QStringLiteral("LogitVar"), {}},
                         {What::Total, QStringLiteral("total"), nats()},
                         {What::Frozen, frozen, nats()}};
    for (const auto& column : columns) {
        const Numbers numbers(*column.result, view);
        for (const auto& shown : all) {
            table.columns.push_back({column.name, shown.title, shown.unit, {}});
            for (const int neuron : neurons) {
                const auto number = numbers.of(neuron, shown.what);
                // Estimates have no place among exact numbers.
                table.columns.back().values.push_back(std::isnan(number.bound) ? number.value
                                                                               : std::nan(""));
            }
        }
    }
    FigurePanel panel;
    panel.notes << QStringLiteral("total (%1) and %2: mean %3; %4")
                       .arg(QString::fromStdString(treatment.recomputed()), frozen,
                            effectTitle(view), neuronConventions(*columns.front().result));
    panel.content = std::move(table);
    return panel;
}

TableFigure layerTable(LayerIndex layer, const std::vector<NeuronColumn>& columns,
                       const NeuronView& view) {
    TableFigure table;
    table.rowTitle = QStringLiteral("neuron");
    std::vector<std::pair<QString, Numbers>> models;
    Treatment treatment;
    std::size_t count = 0;
    for (const auto& [name, result] : columns)
        if (result->layer == layer) {
            models.emplace_back(name, Numbers(*result, view));
            treatment.add(result->model.normalization, layer.value);
            count = std::max(count, result->weights.norm.size());
        }
    for (std::size_t n = 0; n < count; ++n) {
        table.rows << QString::number(n);
        table.things.emplace_back(Neuron{layer, NeuronIndex(static_cast<std::int64_t>(n))});
    }
    const auto change = view.entropy ? QStringLiteral("|Δ entropy|") : QStringLiteral("|Δ loss|");
    const std::pair<What, QString> all[] = {
        {What::Total, change + QStringLiteral("\ntotal")},
        {What::Frozen, change + QLatin1Char('\n') + QString::fromStdString(treatment.frozen())},
        {What::Mediated, QString::fromStdString(treatment.mediated()) + QStringLiteral("\n%")},
        {What::Norm, QStringLiteral("norm\n")},
        {What::LogitVar, QStringLiteral("LogitVar\n")},
        {What::NullSpace, QStringLiteral("null-space\nk = %1").arg(view.nullSpace)},
        {What::Mean, QStringLiteral("mean\nactivation")}};
    for (const auto& [what, title] : all)
        for (const auto& [name, numbers] : models) {
            TableFigure::Column column{name, title, {}, {}};
            if (what == What::Mediated)
                column.meaning = mediatedMeaning(QString::fromStdString(treatment.mediated()));
            for (std::size_t n = 0; n < count; ++n) {
                const auto number = numbers.of(static_cast<int>(n), what);
                column.values.push_back(number.value);
                if (what <= What::Mediated) // the others are never estimated
                    column.bounds.push_back(number.bound);
            }
            table.columns.push_back(std::move(column));
        }
    return table;
}

} // namespace residuum

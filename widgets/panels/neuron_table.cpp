#include "widgets/panels/neuron_table.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/workspace/neuron_board.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

enum What { Total, Frozen, Mediated, Norm, LogitVar, NullSpace, Mean, whatCount };

} // namespace

NeuronTable::NeuronTable(const Workspace& workspace, QObject* parent)
    : QAbstractTableModel(parent), workspace_(workspace) {}

int NeuronTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : neurons_;
}

int NeuronTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 1 + whatCount * static_cast<int>(entries_.size());
}

/// Of the choosing model's result, else of the first there is.
std::optional<LayerIndex> NeuronTable::shownLayer() const {
    const auto& board = workspace_.board<NeuronBoard>();
    const auto layerOf = [&](int columnId) -> std::optional<LayerIndex> {
        const auto* answer = board.answer(columnId);
        return answer != nullptr && answer->result ? std::optional(answer->result->layer)
                                                   : std::nullopt;
    };
    if (const auto layer = layerOf(board.choosingColumn()))
        return layer;
    for (const auto& column : workspace_.columns())
        if (const auto layer = layerOf(column.id))
            return layer;
    return std::nullopt;
}

void NeuronTable::refresh(const NeuronView& view) {
    beginResetModel();
    view_ = view;
    entries_.clear();
    neurons_ = 0;
    for (const auto& column : workspace_.columns()) {
        const auto* answer = workspace_.board<NeuronBoard>().answer(column.id);
        if (answer == nullptr || !answer->result)
            continue;
        // A row is one neuron: what is of another layer (of a saved result, or of a model of
        // another depth) has no place here.
        if (answer->result->layer != shownLayer())
            continue;
        const auto count = static_cast<int>(answer->result->weights.norm.size());
        Entry entry{column.name, answer->result,
                    std::vector<int>(static_cast<std::size_t>(count), -1)};
        for (std::size_t i = 0; i < answer->result->chosen.neurons.size(); ++i)
            entry.exactRow[static_cast<std::size_t>(answer->result->chosen.neurons[i].value)] =
                static_cast<int>(i);
        neurons_ = std::max(neurons_, count);
        entries_.push_back(std::move(entry));
    }
    endResetModel();
}

const NeuronTable::Entry& NeuronTable::entryOf(int column) const {
    return entries_[static_cast<std::size_t>(column - 1) % entries_.size()];
}

int NeuronTable::whatOf(int column) const {
    return (column - 1) / static_cast<int>(entries_.size());
}

NeuronTable::Cell NeuronTable::cell(const Entry& entry, int neuron, int what) const {
    const auto& result = *entry.result;
    const auto at = static_cast<std::size_t>(neuron);
    if (at >= entry.exactRow.size())
        return {std::nan("")};
    const int exact = entry.exactRow[at];
    const auto effect = [&](bool frozen) -> Cell {
        const int column = effectColumn(frozen, view_.entropy);
        if (exact >= 0)
            return {result.chosen.meanAbs(exact, column)};
        if (result.screening)
            return {result.screening->meanAbs(neuron, column), true,
                    result.screening->bound(neuron, column)};
        return {std::nan("")};
    };
    switch (what) {
    case Total:
    case Frozen:
        return effect(what == Frozen);
    case Mediated: {
        const auto total = effect(false), frozen = effect(true);
        return {total.value > 0.0 ? 100.0 * (1.0 - frozen.value / total.value) : std::nan(""),
                total.approximate, 0.0};
    }
    case Norm:
        return {result.weights.norm[at]};
    case LogitVar:
        return {result.weights.logitVar[at]};
    case NullSpace:
        return {result.weights.nullFraction(at, view_.nullSpace)};
    default:
        return {result.activations.mean[at]};
    }
}

QVariant NeuronTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || entries_.empty())
        return {};
    const int neuron = index.row();
    const Thing thing = Neuron{entries_.front().result->layer, NeuronIndex(neuron)};
    if (role == thingRole)
        return QVariant::fromValue(thing);
    if (role == followedRole)
        return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
            return neuron < static_cast<int>(entry.exactRow.size()) &&
                   entry.exactRow[static_cast<std::size_t>(neuron)] >= 0;
        });
    if (index.column() == 0) {
        if (role == Qt::DecorationRole) {
            for (const auto& pin : workspace_.state().pins)
                if (pin.thing == thing)
                    return pin.colour;
            return {};
        }
        return role == Qt::DisplayRole || role == sortRole ? QVariant(neuron) : QVariant();
    }
    const auto shown = cell(entryOf(index.column()), neuron, whatOf(index.column()));
    if (role == sortRole)
        return std::isnan(shown.value) ? -1e300 : shown.value;
    if (role == Qt::DisplayRole) {
        if (std::isnan(shown.value))
            return QStringLiteral("–");
        return (shown.approximate ? QStringLiteral("≈ ") : QString()) + threeDigits(shown.value);
    }
    if (role == Qt::ToolTipRole && shown.approximate && shown.bound > 0.0)
        return tr("estimated; the exact mean is within ± %1").arg(oneDigit(shown.bound));
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant NeuronTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    if (section == 0)
        return tr("neuron");
    const auto& entry = entryOf(section);
    const auto change = view_.entropy ? tr("|Δ entropy|") : tr("|Δ loss|");
    switch (whatOf(section)) {
    case Total:
        return tr("%1\ntotal\n%2").arg(change, entry.name);
    case Frozen:
        return tr("%1\nLN frozen\n%2").arg(change, entry.name);
    case Mediated:
        return tr("LN-mediated\n%\n%1").arg(entry.name);
    case Norm:
        return tr("norm\n\n%1").arg(entry.name);
    case LogitVar:
        return tr("LogitVar\n\n%1").arg(entry.name);
    case NullSpace:
        return tr("null-space\nk = %1\n%2").arg(view_.nullSpace).arg(entry.name);
    default:
        return tr("mean\nactivation\n%1").arg(entry.name);
    }
}

void NeuronFilter::setNumber(const QString& part) {
    part_ = part.trimmed();
    invalidateFilter();
}

void NeuronFilter::setFollowedOnly(bool only) {
    followedOnly_ = only;
    invalidateFilter();
}

bool NeuronFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const auto index = sourceModel()->index(row, 0, parent);
    if (!part_.isEmpty())
        return QString::number(row).contains(part_);
    return !followedOnly_ || index.data(NeuronTable::followedRole).toBool();
}

} // namespace residuum

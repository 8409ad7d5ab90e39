#include "widgets/panels/contributor_model.h"

#include "widgets/panels/attribution_figures.h"
#include "widgets/plots/colour_scale.h"
#include "widgets/workspace/attribution_board.h"

#include <QBrush>

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

std::shared_ptr<const DlaResult> firstResult(const Workspace& workspace) {
    for (const auto& column : workspace.columns())
        if (const auto result = workspace.board<AttributionBoard>().result(column.id))
            return result;
    return nullptr;
}

} // namespace

ContributorModel::ContributorModel(const Workspace& workspace, QObject* parent)
    : QAbstractTableModel(parent), workspace_(workspace) {
    refresh();
}

int ContributorModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(components_.size());
}

int ContributorModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns_.size()) + 1;
}

int ContributorModel::rowOf(const Thing& thing) const {
    const auto found = std::find_if(components_.begin(), components_.end(),
                                    [&](const auto& each) { return Thing(each) == thing; });
    return found == components_.end() ? -1 : static_cast<int>(found - components_.begin());
}

QVariant ContributorModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    if (role == thingRole)
        return QVariant::fromValue(Thing(components_[row]));
    if (role == Qt::DecorationRole && index.column() == 0) {
        for (const auto& pin : workspace_.state().pins) {
            if (pin.thing == Thing(components_[row]))
                return pin.colour;
        }
        return {};
    }
    if (index.column() == 0)
        return role == Qt::DisplayRole || role == sortRole ? QVariant(labels_[index.row()])
                                                           : QVariant();
    const auto& column = columns_[static_cast<std::size_t>(index.column() - 1)];
    const double value = column.values[row];
    if (role == Qt::DisplayRole)
        return std::isnan(value) ? QStringLiteral("–") : threeDigits(value);
    if (role == sortRole)
        return std::isnan(value) ? -1.0 : std::abs(value);
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant ContributorModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (section == 0)
        return role == Qt::DisplayRole ? tr("component") : QVariant();
    const auto& column = columns_[static_cast<std::size_t>(section - 1)];
    if (role == Qt::DisplayRole)
        return column.title;
    return role == Qt::ToolTipRole ? column.toolTip : QVariant();
}

void ContributorModel::addModel(const ModelColumn& column) {
    NumberColumn dla{
        column.name + tr("\nDLA"), tr("%1: DLA (LN frozen) [logits]").arg(column.name), {}, false};
    NumberColumn effect{column.name + tr("\ndirect effect"),
                        tr("%1: direct effect (LN recomputed) [logits]").arg(column.name),
                        {},
                        false};
    NumberColumn error{column.name + tr("\nerror"),
                       tr("%1: |DLA − direct effect| [logits]").arg(column.name),
                       {},
                       true};
    const auto& board = workspace_.board<AttributionBoard>();
    const auto result = board.result(column.id);
    for (const auto& component : components_) {
        const auto numbers = numbersOf(*result, board.rowOf(column), component);
        dla.values.push_back(numbers ? numbers->dla : unknownValue);
        effect.values.push_back(numbers ? numbers->directEffect : unknownValue);
        error.values.push_back(numbers ? numbers->error() : unknownValue);
    }
    columns_.push_back(std::move(dla));
    columns_.push_back(std::move(effect));
    columns_.push_back(std::move(error));
}

void ContributorModel::addDifference() {
    const auto pair = workspace_.difference();
    if (!pair)
        return;
    const auto& a = workspace_.columns()[static_cast<std::size_t>(pair->first)];
    const auto& b = workspace_.columns()[static_cast<std::size_t>(pair->second)];
    const auto& board = workspace_.board<AttributionBoard>();
    const auto ofA = board.result(a.id), ofB = board.result(b.id);
    if (!ofA || !ofB || ofA->components != ofB->components)
        return; // the difference column says why
    const auto mode = workspace_.mode();
    NumberColumn column{tr("%1\n− %2").arg(a.name, b.name),
                        tr("%1: %2 minus %3 [logits]").arg(modeTitle(mode), a.name, b.name),
                        {},
                        false};
    for (const auto& component : components_) {
        const auto first = numbersOf(*ofA, board.rowOf(a), component);
        const auto second = numbersOf(*ofB, board.rowOf(b), component);
        column.values.push_back(first && second ? first->shown(mode) - second->shown(mode)
                                                : unknownValue);
    }
    columns_.push_back(std::move(column));
}

void ContributorModel::refresh() {
    beginResetModel();
    components_.clear();
    labels_.clear();
    columns_.clear();
    if (const auto first = firstResult(workspace_)) {
        for (const auto& component : first->components) {
            components_.push_back(component);
            labels_ << QString::fromStdString(label(component));
        }
        for (const auto& column : workspace_.columns()) {
            if (workspace_.board<AttributionBoard>().result(column.id))
                addModel(column);
        }
        addDifference();
    }
    endResetModel();
}

} // namespace residuum

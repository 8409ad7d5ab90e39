#include "widgets/panels/table_model.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/plots/pin_mark.h"

#include <QApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace residuum {

TableModel::TableModel(Reading reading, QObject* parent)
    : QAbstractTableModel(parent), reading_(reading) {}

void TableModel::setTable(TableFigure table) {
    beginResetModel();
    table_ = std::move(table);
    endResetModel();
}

void TableModel::setPins(const std::vector<Pin>& pins) {
    if (pins == pins_)
        return;
    pins_ = pins;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, 0), {Qt::DecorationRole});
}

int TableModel::rowOf(const Thing& thing) const {
    const auto found = std::find(table_.things.begin(), table_.things.end(), thing);
    return found == table_.things.end() ? -1 : static_cast<int>(found - table_.things.begin());
}

int TableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(table_.rows.size());
}

int TableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || table_.columns.empty() ? 0
                                                      : static_cast<int>(table_.columns.size()) + 1;
}

bool TableModel::hasExact(std::size_t row) const {
    return std::any_of(table_.columns.begin(), table_.columns.end(), [&](const auto& column) {
        return row < column.bounds.size() && std::isnan(column.bounds[row]) &&
               !std::isnan(column.values[row]);
    });
}

QVariant TableModel::nameData(std::size_t row, int role) const {
    if (role == Qt::DecorationRole && row < table_.things.size())
        for (const auto& pin : pins_)
            if (pin.thing == table_.things[row])
                return pinPixmap(pin, qApp->font(), qApp->devicePixelRatio());
    if (role != Qt::DisplayRole && role != sortRole)
        return {};
    const auto& name = table_.rows[static_cast<qsizetype>(row)];
    bool isNumber = false;
    const int number = name.toInt(&isNumber);
    return isNumber ? QVariant(number) : QVariant(name);
}

QVariant TableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= columnCount())
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    if (role == thingRole)
        return row < table_.things.size() ? QVariant::fromValue(table_.things[row]) : QVariant();
    if (role == exactRole)
        return hasExact(row);
    if (index.column() == 0)
        return nameData(row, role);
    const auto& column = table_.columns[static_cast<std::size_t>(index.column() - 1)];
    const double value = column.values[row];
    const double bound = row < column.bounds.size() ? column.bounds[row] : std::nan("");
    if (role == sortRole)
        return std::isnan(value)      ? std::numeric_limits<double>::lowest()
               : reading_.byMagnitude ? std::abs(value)
                                      : value;
    if (role == Qt::DisplayRole && std::isnan(value))
        return QStringLiteral("–");
    if (role == Qt::DisplayRole)
        return (std::isnan(bound) ? QString() : QStringLiteral("≈ ")) + threeDigits(value);
    if (role == Qt::ToolTipRole && bound > 0.0)
        return tr("estimated; the exact mean is within ± %1").arg(oneDigit(bound));
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (section == 0)
        return role == Qt::DisplayRole ? QVariant(table_.rowTitle) : QVariant();
    const auto& column = table_.columns[static_cast<std::size_t>(section - 1)];
    if (role == Qt::DisplayRole)
        return reading_.titleFirst ? column.title + QLatin1Char('\n') + column.group
                                   : column.group + QLatin1Char('\n') + column.title;
    if (role == Qt::ToolTipRole && !column.meaning.isEmpty())
        return QStringLiteral("%1: %2 [%3]").arg(column.group, column.meaning, column.unit);
    return {};
}

void TableFilter::setPart(const QString& part) {
    part_ = part.trimmed();
    invalidateFilter();
}

void TableFilter::setExactOnly(bool only) {
    exactOnly_ = only;
    invalidateFilter();
}

void TableFilter::setLeast(double size) {
    least_ = size;
    invalidateFilter();
}

bool TableFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const auto index = sourceModel()->index(row, 0, parent);
    if (const int column = sortColumn(); least_ > 0.0 && column > 0) {
        const double value = index.siblingAtColumn(column).data(sortRole()).toDouble();
        if (value == std::numeric_limits<double>::lowest() || std::abs(value) < least_)
            return false;
    }
    if (!part_.isEmpty())
        return index.data().toString().contains(part_);
    return !exactOnly_ || index.data(TableModel::exactRole).toBool();
}

} // namespace residuum

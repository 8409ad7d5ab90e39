#include "widgets/panels/thing_table.h"

#include "widgets/text/eliding_delegate.h"

#include <QApplication>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QSignalBlocker>

namespace residuum {

ThingTable::ThingTable(TableModel::Reading reading, const QString& accessibleName, QWidget* parent)
    : QTableView(parent), table_(new TableModel(reading, this)), filter_(new TableFilter(this)) {
    filter_->setSourceModel(table_);
    filter_->setSortRole(TableModel::sortRole);
    setModel(filter_);
    setItemDelegate(new ElidingDelegate(this));
    // Numbers have room, and the table scrolls where it has too little for all of them.
    horizontalHeader()->setMinimumSectionSize(
        fontMetrics().horizontalAdvance(QStringLiteral("−0.00e−000")));
    setSortingEnabled(true);
    sortByColumn(1, Qt::DescendingOrder);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setMouseTracking(true);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 4);
    setAccessibleName(accessibleName);
    connect(this, &QTableView::entered, this,
            [this](const QModelIndex& index) { Q_EMIT thingHovered(thingOf(index)); });
    connect(this, &QTableView::clicked, this,
            [this](const QModelIndex& index) { Q_EMIT thingClicked(thingOf(index)); });
    // Space pins what is hovered, here as everywhere.
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& index) {
                if (index.isValid() && hasFocus())
                    Q_EMIT thingHovered(thingOf(index));
            });
}

Thing ThingTable::thingOf(const QModelIndex& index) {
    return index.data(TableModel::thingRole).value<Thing>();
}

void ThingTable::setTable(TableFigure table) {
    const auto current = filter_->mapToSource(currentIndex());
    const int row = current.row(), column = current.column();
    table_->setTable(std::move(table));
    if (row >= 0)
        setCurrentIndex(filter_->mapFromSource(table_->index(row, column)));
}

/// One can still scroll, sort and point at what is dimmed.
void ThingTable::setStale(bool stale) {
    isStale_ = stale;
    QPalette shown;
    if (stale)
        shown.setColor(QPalette::Text,
                       QApplication::palette(this).color(QPalette::Disabled, QPalette::Text));
    if (palette().color(QPalette::Text) != shown.color(QPalette::Text))
        setPalette(shown);
}

void ThingTable::setHovered(const std::optional<Thing>& thing) {
    const QSignalBlocker blocker(selectionModel());
    if (const int row = thing ? table_->rowOf(*thing) : -1; row >= 0)
        selectRow(filter_->mapFromSource(table_->index(row, 0)).row());
    else
        clearSelection();
    viewport()->update();
}

} // namespace residuum

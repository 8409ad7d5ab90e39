#include "widgets/panels/thing_table.h"

#include "widgets/text/eliding_delegate.h"

#include <QContextMenuEvent>
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

void ThingTable::contextMenuEvent(QContextMenuEvent* event) {
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const auto index = byKey ? currentIndex() : indexAt(event->pos());
    if (!index.isValid())
        return;
    auto text = index.siblingAtColumn(0).data().toString();
    if (index.column() > 0)
        text = tr("%1, %2: %3")
                   .arg(text,
                        model()
                            ->headerData(index.column(), Qt::Horizontal)
                            .toString()
                            .replace(QLatin1Char('\n'), QLatin1Char(' ')),
                        index.data().toString());
    Q_EMIT menuWanted(thingOf(index), text,
                      byKey ? viewport()->mapToGlobal(visualRect(index).center())
                            : event->globalPos());
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

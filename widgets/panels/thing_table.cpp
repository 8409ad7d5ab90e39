#include "widgets/panels/thing_table.h"

#include "widgets/text/eliding_delegate.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QSignalBlocker>
#include <QStyleOptionHeader>

#include <algorithm>

namespace residuum {

namespace {

/// Its arrow points to where numbers get smaller: down where the largest are at the top.
class ThingHeader : public QHeaderView {
  public:
    explicit ThingHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
        setSectionsClickable(true);
        setHighlightSections(true);
    }

  protected:
    void initStyleOptionForIndex(QStyleOptionHeader* option, int section) const override {
        QHeaderView::initStyleOptionForIndex(option, section);
        if (option->sortIndicator != QStyleOptionHeader::None)
            option->sortIndicator = sortIndicatorOrder() == Qt::DescendingOrder
                                        ? QStyleOptionHeader::SortDown
                                        : QStyleOptionHeader::SortUp;
    }
};

} // namespace

ThingTable::ThingTable(TableModel::Reading reading, const QString& accessibleName, QWidget* parent)
    : QTableView(parent), table_(new TableModel(reading, this)), filter_(new TableFilter(this)) {
    filter_->setSourceModel(table_);
    filter_->setSortRole(TableModel::sortRole);
    setHorizontalHeader(new ThingHeader(this));
    setModel(filter_);
    setItemDelegate(new ElidingDelegate(this));
    keepHeadsWhole();
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
    connect(this, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (const auto thing = thingOf(index))
            Q_EMIT thingClicked(*thing);
    });
    // Space pins what is hovered, here as everywhere.
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& index) {
                if (index.isValid() && hasFocus())
                    Q_EMIT thingHovered(thingOf(index));
            });
}

std::optional<Thing> ThingTable::thingOf(const QModelIndex& index) {
    const auto found = index.data(TableModel::thingRole);
    return found.isValid() ? std::optional(found.value<Thing>()) : std::nullopt;
}

void ThingTable::setTable(TableFigure table) {
    const auto current = filter_->mapToSource(currentIndex());
    const int row = current.row(), column = current.column();
    table_->setTable(std::move(table));
    hideOthers();
    keepHeadsWhole();
    if (row >= 0)
        setCurrentIndex(filter_->mapFromSource(table_->index(row, column)));
}

void ThingTable::showPart(const QString& title) {
    part_ = title;
    hideOthers();
    for (int column = 1; column < table_->columnCount(); ++column)
        if (!isColumnHidden(column))
            return sortByColumn(column, Qt::DescendingOrder);
}

void ThingTable::hideOthers() {
    const auto& columns = table_->table().columns;
    for (std::size_t c = 0; c < columns.size(); ++c)
        setColumnHidden(static_cast<int>(c) + 1, !part_.isEmpty() && columns[c].title != part_);
}

void ThingTable::contextMenuEvent(QContextMenuEvent* event) {
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const auto index = byKey ? currentIndex() : indexAt(event->pos());
    const auto thing = thingOf(index);
    if (!thing)
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
    Q_EMIT menuWanted(*thing, text,
                      byKey ? viewport()->mapToGlobal(visualRect(index).center())
                            : event->globalPos());
}

/// Numbers and headers have room, and the table scrolls where it has too little for all of them.
void ThingTable::keepHeadsWhole() {
    auto* header = horizontalHeader();
    int least = fontMetrics().horizontalAdvance(QStringLiteral("−0.00e−000"));
    const bool isStretched =
        header->count() > 0 && header->sectionResizeMode(0) == QHeaderView::Stretch;
    for (int section = 0; isStretched && section < header->count(); ++section)
        least = std::max(least, header->sectionSizeHint(section));
    header->setMinimumSectionSize(least);
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

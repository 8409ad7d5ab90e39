#include "widgets/panels/table_page.h"

#include "widgets/panels/elided_label.h"
#include "widgets/panels/flow_layout.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace residuum {

TablePage::TablePage(const QString& name, const QStringList& parts, const QString& offer,
                     QWidget* parent)
    : QWidget(parent), table_(new ThingTable({.titleFirst = true}, name)), find_(new QLineEdit),
      least_(new QDoubleSpinBox), notes_(new ElidedLabel) {
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    auto* bar = new FlowLayout;
    bar->setSpacing(6);
    if (!parts.isEmpty()) {
        part_ = new QComboBox;
        part_->addItems(parts);
        part_->setAccessibleName(tr("columns shown"));
        connect(part_, &QComboBox::currentTextChanged, table_, &ThingTable::showPart);
        table_->showPart(parts.front());
        bar->addWidget(part_);
    }
    find_->setPlaceholderText(tr("find …"));
    find_->setAccessibleName(tr("filter by name"));
    find_->setClearButtonEnabled(true);
    find_->setMaximumWidth(fontMetrics().averageCharWidth() * 20);
    connect(find_, &QLineEdit::textChanged, table_->filter(), &TableFilter::setPart);
    bar->addWidget(find_);
    least_->setPrefix(tr("at least "));
    least_->setToolTip(tr("Rows whose number in the column that is sorted by is at least as large, "
                          "whatever its sign; a click on a column's head sorts by it"));
    least_->setAccessibleName(tr("least size of the numbers sorted by"));
    least_->setDecimals(3);
    least_->setRange(0.0, 1e9);
    least_->setSingleStep(0.05);
    const auto filter = [this] { table_->filter()->setLeast(least_->value()); };
    connect(least_, &QDoubleSpinBox::valueChanged, this, filter);
    connect(table_->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, filter);
    bar->addWidget(least_);
    if (!offer.isEmpty()) {
        offer_ = new QPushButton(offer);
        offer_->setEnabled(false);
        bar->addWidget(offer_);
        connect(offer_, &QPushButton::clicked, this, &TablePage::takeCurrent);
        connect(table_, &QTableView::activated, this, &TablePage::takeCurrent);
        connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
                [this](const QModelIndex& index) { offer_->setEnabled(index.isValid()); });
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(4, 2, 4, 2);
    layout->setSpacing(2);
    layout->addLayout(bar);
    layout->addWidget(notes_);
    layout->addWidget(table_, 1);
}

void TablePage::setNotes(const QStringList& notes) {
    notes_->setFullText(notes.join(QStringLiteral("; ")));
    notes_->setVisible(!notes.isEmpty());
}

void TablePage::takeCurrent() {
    if (const auto index = table_->currentIndex(); index.isValid())
        Q_EMIT taken(table_->rowOf(index));
}

} // namespace residuum

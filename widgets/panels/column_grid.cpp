#include "widgets/panels/column_grid.h"

#include <QGridLayout>
#include <QVariant>
#include <QWidget>

namespace residuum {

void emptyLayout(QLayout* layout) {
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (item->widget() != nullptr && !item->widget()->property("keep").toBool())
            item->widget()->deleteLater();
        delete item;
    }
}

void spreadColumns(QGridLayout* grid, int columns, int barWidth) {
    constexpr int maximumColumns = 32;
    for (int c = 0; c < maximumColumns; ++c) {
        grid->setColumnStretch(c, c < columns ? 1 : 0);
        grid->setColumnMinimumWidth(c, c == columns ? barWidth : 0);
    }
}

} // namespace residuum

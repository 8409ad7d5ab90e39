// Grids of one column per model, standing under each other in all rows of a panel.
#pragma once

class QGridLayout;
class QLayout;

namespace residuum {

/// Deletes what a layout holds, but for widgets with the property "keep".
void emptyLayout(QLayout* layout);

/// Equal widths for the first `columns`, then room of `barWidth` for the colour bar.
void spreadColumns(QGridLayout* grid, int columns, int barWidth);

} // namespace residuum

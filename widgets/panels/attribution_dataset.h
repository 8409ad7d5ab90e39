// Asks over which dataset NMAE is to be measured.
#pragma once

class QWidget;

namespace residuum {

class Workspace;

/// Shows the dialog, not modal; `window` has it. GUI thread only.
void askForDataset(Workspace& workspace, QWidget* window);

} // namespace residuum

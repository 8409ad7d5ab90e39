// The user guide, built into the program.
#pragma once

class QWidget;

namespace residuum {

/// Opens the guide beside the window; it deletes itself when closed.
void showGuide(QWidget* parent);

} // namespace residuum

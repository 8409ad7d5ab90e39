// The command that makes the shown numbers again.
#pragma once

#include <QString>

namespace residuum {

class Workspace;

/// One line for a POSIX shell: `residuum dla …`; nothing while no model is open.
QString reproducingCommand(const Workspace& workspace);

/// The same of the patching panel; "" while there is no pair of prompts.
QString patchingCommand(const Workspace& workspace);

/// The shell command that computes the neuron results again; empty while none were chosen.
QString neuronsCommand(const Workspace& workspace);

} // namespace residuum

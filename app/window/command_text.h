// The command that makes the shown numbers again.
#pragma once

#include <QString>

namespace residuum {

class Workspace;

/// One line for a POSIX shell: `residuum dla …`.
QString reproducingCommand(const Workspace& workspace);

/// `text` as one word of a POSIX shell.
QString shellQuoted(const QString& text);

} // namespace residuum

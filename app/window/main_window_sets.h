// Which files are sets of prompts.
#pragma once

#include <QString>

namespace residuum {

/// By its ending, where there is such a file.
bool isSetFile(const QString& named);

} // namespace residuum

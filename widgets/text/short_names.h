// Names beside each other.
#pragma once

#include <QStringList>

namespace residuum {

/// The names without what they all begin with, up to the last "-", "_", "/" or ".": what tells them
/// apart. None becomes empty, and equal names stay as they are.
QStringList withoutCommonPrefix(const QStringList& names);

} // namespace residuum

// Numbers with what they count.
#pragma once

#include <QString>

namespace residuum {

/// "1 token", "1,024 tokens": as tr() has no plural without a translation, every count goes through
/// here. `thing`: of one, with a regular plural.
QString countText(qint64 count, const QString& thing);

} // namespace residuum

// How long something takes, in words.
#pragma once

#include <QString>

namespace residuum {

/// "8 s", "50 s", "2 min", "43 min", "3 h": never more exact than a forecast is.
QString durationText(double seconds);

} // namespace residuum

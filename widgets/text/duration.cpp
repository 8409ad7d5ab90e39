#include "widgets/text/duration.h"

#include <algorithm>
#include <cmath>

namespace residuum {

QString durationText(double seconds) {
    constexpr double minute = 60.0, hour = 3600.0;
    const auto whole = [](double value) { return static_cast<int>(std::ceil(value)); };
    if (seconds < 10.0)
        return QStringLiteral("%1 s").arg(std::max(1, whole(seconds)));
    if (seconds < minute)
        return QStringLiteral("%1 s").arg(10 * whole(seconds / 10.0));
    if (seconds < 1.5 * hour)
        return QStringLiteral("%1 min").arg(whole(seconds / minute));
    return QStringLiteral("%1 h").arg(whole(seconds / hour));
}

} // namespace residuum

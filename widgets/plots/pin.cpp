#include "widgets/plots/pin.h"

#include <array>

namespace residuum {

QColor pinColour(int n) {
    // Okabe and Ito's colours without black, yellow (too faint on white) and the two that the
    // diverging scale uses for its ends, which come last for that reason.
    static const std::array<QColor, 6> cycle = {
        QColor(0x00, 0x9E, 0x73), // bluish green
        QColor(0xCC, 0x79, 0xA7), // reddish purple
        QColor(0xE6, 0x9F, 0x00), // orange
        QColor(0x56, 0xB4, 0xE9), // sky blue
        QColor(0xD5, 0x5E, 0x00), // vermilion
        QColor(0x00, 0x72, 0xB2), // blue
    };
    const int size = static_cast<int>(cycle.size());
    return cycle[static_cast<std::size_t>((n % size + size) % size)];
}

} // namespace residuum

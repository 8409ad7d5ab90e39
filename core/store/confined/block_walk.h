// The blocks of an array, one after the other.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace residuum {

using Extents = std::vector<std::uint64_t>;

inline std::uint64_t pointsOf(const Extents& shape) {
    std::uint64_t points = 1;
    for (const auto extent : shape)
        points *= extent;
    return points;
}

/// `unit` (a chunk, or ones) grown along the last axes first to at most `mostPoints` points.
inline Extents blockShape(const Extents& shape, Extents unit, std::uint64_t mostPoints) {
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        const auto fits =
            std::max<std::uint64_t>(1, mostPoints / std::max<std::uint64_t>(1, pointsOf(unit)));
        const auto whole = (shape[axis] + unit[axis] - 1) / unit[axis]; // units along the axis
        const auto units = std::min(fits, whole);
        unit[axis] *= units;
        if (units < whole)
            break;
    }
    for (std::size_t axis = 0; axis < shape.size(); ++axis)
        unit[axis] = std::min(unit[axis], shape[axis]);
    return unit;
}

/// Calls use(offset, count) for blocks of at most `block`, in row-major order.
template <class Use>
void forEachBlock(const Extents& shape, const Extents& block, const Use& use) {
    if (pointsOf(shape) == 0)
        return;
    Extents offset(shape.size(), 0);
    for (;;) {
        Extents count(shape.size());
        for (std::size_t axis = 0; axis < shape.size(); ++axis)
            count[axis] = std::min(block[axis], shape[axis] - offset[axis]);
        use(offset, count);
        std::size_t axis = shape.size();
        while (axis > 0 && (offset[axis - 1] += block[axis - 1]) >= shape[axis - 1])
            offset[--axis] = 0;
        if (axis == 0)
            return;
    }
}

} // namespace residuum

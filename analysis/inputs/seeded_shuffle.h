// The documented shuffle of `--seed`.
#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace residuum {

/// Fisher-Yates from the back, j = (high 32 bits of mt19937_64) · (i + 1) / 2³²: the same on every
/// machine.
template <class Item>
void seededShuffle(std::vector<Item>& items, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (std::size_t i = items.size(); i-- > 1;) {
        const std::uint64_t j = ((random() >> 32U) * static_cast<std::uint64_t>(i + 1)) >> 32U;
        std::swap(items[i], items[j]);
    }
}

} // namespace residuum

// Numbers that look random and are a function of what they are for: Philox 4x32 with ten rounds
// (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). Torch-free.
#pragma once

#include <array>
#include <cstdint>

namespace residuum {

/// Four numbers of 32 bits, each as likely as any other.
std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key);

} // namespace residuum

// Numbers that look random and are a function of what they are for: Philox 4x32 with ten rounds
// (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). Torch-free.
#pragma once

#include <array>
#include <cstdint>

namespace residuum {

/// Its constants, for those who compute many at once.
inline constexpr int philoxRounds = 10;
inline constexpr std::uint32_t philoxFirst = 0xD2511F53, philoxSecond = 0xCD9E8D57;
inline constexpr std::uint32_t philoxFirstKey = 0x9E3779B9, philoxSecondKey = 0xBB67AE85;

/// Four numbers of 32 bits, each as likely as any other.
std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key);

} // namespace residuum

// What residuum-reader may take for a file. Internal to core/store.
#pragma once

#include <cstdint>

namespace residuum {

/// Honest files take a tenth of it; the rest is for busy machines.
constexpr std::uint64_t processorSeconds(std::uint64_t fileBytes) {
    return 3 + (fileBytes >> 22U);
}
constexpr std::uint64_t wallSeconds(std::uint64_t fileBytes) {
    return 8 + (fileBytes >> 21U);
}
constexpr std::uint64_t memoryBytes = std::uint64_t{1} << 30U;
constexpr std::uint64_t copyBytes(std::uint64_t fileBytes) {
    return (std::uint64_t{1} << 28U) + 4 * fileBytes;
}

} // namespace residuum

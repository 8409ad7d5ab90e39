// What residuum-reader may take for a file. Internal to core/store.
#pragma once

#include <cstdint>

namespace residuum {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t slowerBy = 10; ///< instrumented code
#else
constexpr std::uint64_t slowerBy = 1;
#endif

/// Honest files take a tenth of it; the rest is for busy machines.
constexpr std::uint64_t processorSeconds(std::uint64_t fileBytes) {
    return slowerBy * (3 + (fileBytes >> 22U));
}
constexpr std::uint64_t wallSeconds(std::uint64_t fileBytes) {
    return slowerBy * (8 + (fileBytes >> 21U));
}
constexpr std::uint64_t memoryBytes = std::uint64_t{1} << 30U;
constexpr std::uint64_t copyBytes(std::uint64_t fileBytes) {
    return (std::uint64_t{1} << 28U) + 4 * fileBytes;
}

} // namespace residuum

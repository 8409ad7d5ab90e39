// What instrumented code cannot keep to.
#pragma once

namespace residuum::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool sanitized = true; ///< holds more memory, and is to be the first library
inline constexpr int slowerBy = 10;
#else
inline constexpr bool sanitized = false;
inline constexpr int slowerBy = 1;
#endif

} // namespace residuum::test

// Numbers dropped by chance, a row at a time. Torch-free; the inner loop of dropout on the CPU.
#pragma once

#include <array>
#include <cstdint>

namespace residuum {

/// Of a row's columns, 64 at a time have 16 counters of Philox: word w of counter l is column
/// 16·w + l's.
inline constexpr std::int64_t dropoutLanes = 16, dropoutColumns = 4 * dropoutLanes;

/// Rows of `columns` numbers, `columns` apart: each number becomes 0 or `scale` times itself.
template <class Number>
struct DropoutRows {
    Number* data = nullptr;
    std::int64_t rows = 0, columns = 0;
    std::uint32_t firstRow = 0;         ///< the number of row 0
    std::array<std::uint32_t, 2> of{};  ///< the counter's last two words
    std::array<std::uint32_t, 2> key{}; ///< the seed
    std::uint32_t threshold = 0;        ///< words below it drop their number
    Number scale = 1;
};

template <class Number>
using DropoutKernel = void (*)(const DropoutRows<Number>&);

/// The fastest that this processor can run. Number: float or double.
template <class Number>
DropoutKernel<Number> dropoutKernel();

} // namespace residuum

#include "core/model/dropout_kernel.h"

#include "core/model/instruction_sets.h"
#include "core/model/philox.h"

#include <algorithm>

namespace residuum {

namespace {

/// philox.h's function of 16 counters at once, in a form that compilers turn into vectors.
RESIDUUM_INLINE void philoxLanes(std::uint32_t (&words)[4][dropoutLanes],
                                 const std::array<std::uint32_t, 2>& key) {
    auto k0 = key[0], k1 = key[1];
    for (int round = 0; round < philoxRounds; ++round) {
        for (std::int64_t l = 0; l < dropoutLanes; ++l) {
            const std::uint64_t a = std::uint64_t{philoxFirst} * words[0][l];
            const std::uint64_t b = std::uint64_t{philoxSecond} * words[2][l];
            words[0][l] = static_cast<std::uint32_t>(b >> 32) ^ words[1][l] ^ k0;
            words[1][l] = static_cast<std::uint32_t>(b);
            words[2][l] = static_cast<std::uint32_t>(a >> 32) ^ words[3][l] ^ k1;
            words[3][l] = static_cast<std::uint32_t>(a);
        }
        k0 += philoxFirstKey;
        k1 += philoxSecondKey;
    }
}

template <class Number>
RESIDUUM_INLINE void dropRows(const DropoutRows<Number>& a) {
    std::uint32_t words[4][dropoutLanes];
    for (std::int64_t row = 0; row < a.rows; ++row) {
        auto* numbers = a.data + row * a.columns;
        for (std::int64_t begin = 0; begin < a.columns; begin += dropoutColumns) {
            for (std::int64_t l = 0; l < dropoutLanes; ++l) {
                words[0][l] = static_cast<std::uint32_t>(begin / 4 + l);
                words[1][l] = a.firstRow + static_cast<std::uint32_t>(row);
                words[2][l] = a.of[0];
                words[3][l] = a.of[1];
            }
            philoxLanes(words, a.key);
            const auto count = std::min(dropoutColumns, a.columns - begin);
            const auto* drawn = &words[0][0];
            for (std::int64_t i = 0; i < count; ++i)
                numbers[begin + i] =
                    drawn[i] < a.threshold ? Number(0) : numbers[begin + i] * a.scale;
        }
    }
}

} // namespace

template <class Number>
DropoutKernel<Number> dropoutKernel() {
    return compiled<DropoutKernel<Number>, dropRows<Number>>();
}

template DropoutKernel<float> dropoutKernel<float>();
template DropoutKernel<double> dropoutKernel<double>();

} // namespace residuum

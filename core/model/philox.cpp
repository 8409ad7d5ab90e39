#include "core/model/philox.h"

namespace residuum {

std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key) {
    auto c = counter;
    auto k = key;
    for (int round = 0; round < philoxRounds; ++round) {
        const std::uint64_t a = std::uint64_t{philoxFirst} * c[0],
                            b = std::uint64_t{philoxSecond} * c[2];
        c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
             static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
        k[0] += philoxFirstKey;
        k[1] += philoxSecondKey;
    }
    return c;
}

} // namespace residuum

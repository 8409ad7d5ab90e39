#include "core/model/philox.h"

namespace residuum {

std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key) {
    constexpr int rounds = 10;
    constexpr std::uint64_t first = 0xD2511F53, second = 0xCD9E8D57;
    auto c = counter;
    auto k = key;
    for (int round = 0; round < rounds; ++round) {
        const std::uint64_t a = first * c[0], b = second * c[2];
        c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
             static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
        k[0] += 0x9E3779B9;
        k[1] += 0xBB67AE85;
    }
    return c;
}

} // namespace residuum

#include "analysis/statistics/resampling.h"

#include "core/model/philox.h"

#include <array>

namespace residuum {

namespace {

std::array<std::uint32_t, 4> words(std::uint64_t seed, std::size_t block, int row,
                                   std::uint32_t use) {
    return philox({static_cast<std::uint32_t>(block), 0, static_cast<std::uint32_t>(row), use},
                  {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
}

} // namespace

std::vector<std::uint32_t> bootstrapDraws(std::uint64_t seed, std::size_t samples, int first,
                                          int count) {
    std::vector<std::uint32_t> draws;
    draws.reserve(static_cast<std::size_t>(count) * samples);
    for (int resample = first; resample < first + count; ++resample)
        for (std::size_t begin = 0; begin < samples; begin += 4) {
            const auto four = words(seed, begin / 4, resample, 0);
            for (std::size_t i = 0; i < 4 && begin + i < samples; ++i)
                draws.push_back(
                    static_cast<std::uint32_t>((std::uint64_t{four[i]} * samples) >> 32));
        }
    return draws;
}

std::vector<std::uint8_t> turnedSigns(std::uint64_t seed, std::size_t samples, int flips) {
    const auto width = signBytes(samples);
    std::vector<std::uint8_t> signs;
    signs.reserve(static_cast<std::size_t>(flips) * width);
    for (int flip = 0; flip < flips; ++flip)
        for (std::size_t begin = 0; begin < width; begin += 16) {
            const auto four = words(seed, begin / 16, flip, 1);
            for (std::size_t i = 0; i < 16 && begin + i < width; ++i)
                signs.push_back(static_cast<std::uint8_t>(four[i / 4] >> (8 * (i % 4))));
        }
    return signs;
}

} // namespace residuum

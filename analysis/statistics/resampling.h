// How often and from which seed samples are drawn again. Everything drawn is a function of seed,
// place and number of samples, so that it is the same on every machine, for every cell and for
// every model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace residuum {

struct Resampling {
    int resamples = 1000; ///< of the bootstrap; 0: no intervals
    int flips = 10'000;   ///< of signs; 0: no p
    std::uint64_t seed = 0;

    friend bool operator==(const Resampling&, const Resampling&) = default;
};

/// Which of `samples` samples the resamples `first` … `first + count - 1` hold: [count, samples]
/// places, drawn with replacement. Draw d of resample r is (w · samples) >> 32, w the word d mod 4
/// of philox({d / 4, 0, r, 0}, {seed's lower 32 bits, its upper}).
std::vector<std::uint32_t> bootstrapDraws(std::uint64_t seed, std::size_t samples, int first,
                                          int count);

/// Bytes of one flip's signs.
constexpr std::size_t signBytes(std::size_t samples) {
    return (samples + 7) / 8;
}
/// Whose signs `flips` flips turn: [flips, signBytes]; sample s is bit s mod 8 of byte s / 8, where
/// set it is turned. It is bit s mod 32 of the word (s / 32) mod 4 of philox({s / 128, 0, f, 1},
/// {seed's lower 32 bits, its upper}) of flip f.
std::vector<std::uint8_t> turnedSigns(std::uint64_t seed, std::size_t samples, int flips);

} // namespace residuum

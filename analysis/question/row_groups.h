// Sequences of unequal length, some at a time: what they are padded with is neither held in memory
// nor takes space in a file.
#pragma once

#include "analysis/inputs/token_input.h"
#include "core/store/hdf5_writer.h"

#include <cstdint>
#include <vector>

namespace residuum {

/// Consecutive sequences that are written or read at once.
inline constexpr std::int64_t rowsAtOnce = 64;

struct RowGroup {
    std::int64_t first = 0, count = 0;
    std::int64_t longest = 0; ///< tokens of its longest sequence
};

std::vector<RowGroup> rowGroups(const TokenInput& input);

std::int64_t longestSequence(const TokenInput& input);
std::int64_t tokenCount(const TokenInput& input);

/// Whether a third or more of an array [sequence, position] would be padding.
bool isMostlyPadding(const TokenInput& input);

/// Tokens of a sequence in the mean, rounded up.
std::int64_t meanLength(const TokenInput& input);

/// Chunks for an array whose axes `sample` and the one after it are a sequence and a position in
/// it, so that a group of rows writes whole chunks; in one piece where the array is small.
StorageLayout paddedLayout(const std::vector<std::int64_t>& shape, std::size_t sample,
                           std::size_t elementBytes, std::int64_t meanLength);

} // namespace residuum

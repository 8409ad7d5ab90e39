#include "analysis/question/row_groups.h"

#include <algorithm>

namespace residuum {

std::vector<RowGroup> rowGroups(const TokenInput& input) {
    std::vector<RowGroup> groups;
    const auto samples = static_cast<std::int64_t>(input.sequences.size());
    for (std::int64_t first = 0; first < samples; first += rowsAtOnce) {
        RowGroup group{first, std::min(rowsAtOnce, samples - first), 0};
        for (std::int64_t s = 0; s < group.count; ++s)
            group.longest =
                std::max(group.longest,
                         static_cast<std::int64_t>(
                             input.sequences[static_cast<std::size_t>(first + s)].tokens.size()));
        groups.push_back(group);
    }
    return groups;
}

std::int64_t longestSequence(const TokenInput& input) {
    std::size_t length = 0;
    for (const auto& sequence : input.sequences)
        length = std::max(length, sequence.tokens.size());
    return static_cast<std::int64_t>(length);
}

std::int64_t tokenCount(const TokenInput& input) {
    std::size_t count = 0;
    for (const auto& sequence : input.sequences)
        count += sequence.tokens.size();
    return static_cast<std::int64_t>(count);
}

bool isMostlyPadding(const TokenInput& input) {
    const auto places = static_cast<std::int64_t>(input.sequences.size()) * longestSequence(input);
    return 3 * tokenCount(input) <= 2 * places;
}

std::int64_t meanLength(const TokenInput& input) {
    const auto samples =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(input.sequences.size()));
    return (tokenCount(input) + samples - 1) / samples;
}

StorageLayout paddedLayout(const std::vector<std::int64_t>& shape, std::size_t sample,
                           std::size_t elementBytes, std::int64_t meanLength) {
    constexpr std::int64_t small = 4096, most = 1 << 20;
    std::int64_t positionsAtOnce = 4;
    while (positionsAtOnce < std::min<std::int64_t>(meanLength, 64))
        positionsAtOnce *= 2;
    std::int64_t whole = static_cast<std::int64_t>(elementBytes);
    for (const auto extent : shape)
        whole *= extent;
    if (whole <= small)
        return {};
    auto chunk = shape;
    chunk[sample] = std::min(shape[sample], rowsAtOnce);
    chunk[sample + 1] = std::min(shape[sample + 1], positionsAtOnce);
    std::int64_t bytes = static_cast<std::int64_t>(elementBytes);
    for (std::size_t axis = sample; axis < chunk.size(); ++axis)
        bytes *= chunk[axis];
    for (std::size_t axis = sample; axis-- > 0;) { // as much of what comes before as fits
        chunk[axis] = std::clamp<std::int64_t>(most / bytes, 1, shape[axis]);
        bytes *= chunk[axis];
    }
    return {chunk, true};
}

} // namespace residuum

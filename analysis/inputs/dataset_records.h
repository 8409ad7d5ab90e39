// Where the documents, lines and blocks of a dataset file begin and end.
#pragma once

#include "core/task/progress.h"

#include <cstdint>
#include <fstream>
#include <string_view>
#include <vector>

namespace residuum {

/// A document, line or block: a range of bytes. Only ranges are kept, so that a file of any length
/// can be shuffled and cut without being in memory.
struct DatasetRecord {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::int64_t line = 1; ///< of its first byte, counted from 1; of a block, its number
    bool edge = false;     ///< the file's first or last, which may be empty without being one
};

/// Ranges between occurrences of any of `marks`, found while streaming through the file from byte
/// `begin`. Throws Cancelled.
std::vector<DatasetRecord> splitAt(std::ifstream& stream, std::uint64_t begin,
                                   const std::vector<std::string_view>& marks, Progress& progress);

/// Consecutive ranges of `step` bytes; the last may be shorter.
std::vector<DatasetRecord> blocksOf(std::uint64_t bytes, std::uint64_t step);

} // namespace residuum

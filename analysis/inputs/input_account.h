// Where the rows of an input come from, and what was left out of it. Plain data, no part of a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace residuum {

/// One record of the input that cannot be used.
struct LeftOut {
    std::int64_t line = 0; ///< as InputAccount::sourceLines
    std::string reason;    ///< one sentence

    friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

struct InputAccount {
    /// Per row, counted from 1: the line of the file on which its record begins; of a .bin, which
    /// has no lines, the block; of a JSON list, the entry; of generated pairs, the draw. Empty
    /// where the input is given directly.
    std::vector<std::int64_t> sourceLines;
    std::vector<LeftOut> leftOut;   ///< in the order in which they were met
    std::vector<std::string> notes; ///< warnings about the input
    std::string sha256;             ///< of the input file; empty where there is none

    friend bool operator==(const InputAccount&, const InputAccount&) = default;
};

/// What to warn of, one sentence each. `what`: "pairs" or "documents"; `subject`: the file or task;
/// `place`: what the numbers of records count, "line" or "draw".
std::vector<std::string> warningsOf(const InputAccount& account, const std::string& what,
                                    const std::string& subject, const std::string& place = "line");

} // namespace residuum

// Reference numbers and how they are handed to the program.
#pragma once

#include "core/store/hdf5_reader.h"
#include "program.h"
#include "support/array_match.h"

#include <string>
#include <vector>

namespace residuum::test {

/// `--ids 1,2,3` for every row of a [sample, pos] dataset.
inline std::vector<std::string> idArguments(const NumberArray& tokens) {
    std::vector<std::string> arguments;
    const auto width = static_cast<std::size_t>(tokens.shape.back());
    for (std::size_t begin = 0; begin < tokens.values.size(); begin += width) {
        std::vector<std::string> row;
        for (std::size_t p = 0; p < width; ++p)
            row.push_back(std::to_string(static_cast<int>(tokens.values[begin + p])));
        arguments.insert(arguments.end(), {"--ids", join(row, ",")});
    }
    return arguments;
}

inline std::vector<std::string> operator+(std::vector<std::string> a,
                                          const std::vector<std::string>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

} // namespace residuum::test

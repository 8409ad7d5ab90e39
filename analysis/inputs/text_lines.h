// Lines of a text.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace residuum {

inline constexpr const char* blankBytes = " \t\r\n";

inline std::int64_t newlines(std::string_view text) {
    return std::count(text.begin(), text.end(), '\n');
}

/// Lines with something in them.
inline std::int64_t filledLines(std::string_view text) {
    std::int64_t lines = 0;
    for (auto at = text.find_first_not_of(blankBytes); at != text.npos; ++lines) {
        const auto end = text.find('\n', at);
        at = end == text.npos ? end : text.find_first_not_of(blankBytes, end);
    }
    return lines;
}

} // namespace residuum

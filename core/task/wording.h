// Small parts of sentences.
#pragma once

#include <concepts>
#include <string>

namespace residuum {

/// "1 head", "12 heads".
template <std::integral Number>
std::string counted(Number count, const std::string& thing) {
    return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

/// `format` as for printf, up to a few hundred characters.
[[gnu::format(printf, 1, 2)]] std::string withNumbers(const char* format, ...);

/// "12.3 MB", three digits in the unit that fits; units are powers of 1000.
std::string bytesText(double bytes);
template <std::integral Number>
std::string bytesText(Number bytes) {
    return bytesText(static_cast<double>(bytes));
}

} // namespace residuum

#include "core/text/whole_number.h"

#include <charconv>

namespace residuum {

std::optional<std::int32_t> parseWholeNumber(std::string_view text) {
    std::int32_t value = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (text.starts_with('-') || read.ec != std::errc() || read.ptr != end)
        return std::nullopt;
    return value;
}

} // namespace residuum

// Whole numbers as people write them: indices, token ids, counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace residuum {

/// Digits and nothing else, e.g. "584"; empty for anything else and for what 32 bits do not hold.
std::optional<std::int32_t> parseWholeNumber(std::string_view text);

} // namespace residuum

// Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace residuum {

/// Bytes (1 to 4) of the character that begins at `text[at]`; 0 where none begins there.
std::size_t utf8Length(std::string_view text, std::size_t at);

/// The code point of a valid character, as `utf8Length` delimits it.
char32_t utf8CodePoint(std::string_view character);

/// The end of the longest run of valid UTF-8 that begins at `begin` (`begin` itself if it is
/// empty).
std::size_t endOfValidUtf8(std::string_view text, std::size_t begin);

/// The end of the run of bytes from `begin` at none of which a valid character begins.
std::size_t endOfInvalidUtf8(std::string_view text, std::size_t begin);

} // namespace residuum

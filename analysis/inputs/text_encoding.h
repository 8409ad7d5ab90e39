// Texts in files are UTF-8; anything else is refused by the line it is on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace residuum {

/// Bytes of the UTF-8 byte-order mark that `head`, the beginning of a file, begins with: 3 or 0.
std::size_t byteOrderMark(std::string_view head);

/// Throws Error where `head`, the beginning of `file`, is UTF-16 or UTF-32, by its byte-order mark
/// or by its zero bytes.
void requireNoWideText(std::string_view head, const std::string& file);

/// Throws Error naming the line where `text` is not UTF-8. `line`: of its first byte in `file`,
/// counted from 1.
void requireUtf8(std::string_view text, const std::string& file, std::int64_t line);

} // namespace residuum

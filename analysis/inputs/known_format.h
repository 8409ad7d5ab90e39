// Files of other kinds given where tokens, texts or pairs are meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace residuum {

/// What a file was meant to hold; the less it may be anything, the more can be told from its head.
enum class Meant {
    Tokens, ///< numbers: any two bytes may begin it
    Text,   ///< any text, also HTML
    Records ///< JSON or CSV
};

/// What a file that begins with `head` is, and what to do: "is a web page, …". Empty for what may
/// well be what was meant. Nothing of it is executed or unpacked.
std::optional<std::string> foreignFormat(std::string_view head, Meant meant);

} // namespace residuum

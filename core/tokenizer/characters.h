// Kinds of characters at the edges of a text, as Hugging Face's added tokens ask for them.
#pragma once

#include <cstddef>
#include <string_view>

namespace residuum {

/// Whether `text` begins, or ends, with a character of words (Unicode's \w: letters, marks, digits,
/// connecting punctuation). False for an empty text and for bytes that are not valid UTF-8.
bool beginsWithWord(std::string_view text);
bool endsWithWord(std::string_view text);

/// Bytes of the white space (Unicode's White_Space) that `text` begins, or ends, with.
std::size_t spaceAtBegin(std::string_view text);
std::size_t spaceAtEnd(std::string_view text);

} // namespace residuum

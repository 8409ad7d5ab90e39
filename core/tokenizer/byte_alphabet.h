// GPT-2's byte alphabet: vocabulary files write each byte of a token as one printable character
// (`bytes_to_unicode` in OpenAI's encoder.py), e.g. the space as "Ġ".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace residuum {

/// The character, in UTF-8, that stands for `byte`.
std::string toByteAlphabet(std::uint8_t byte);

/// The bytes that `token` stands for; empty where a character is not of the alphabet.
std::optional<std::string> fromByteAlphabet(std::string_view token);

} // namespace residuum

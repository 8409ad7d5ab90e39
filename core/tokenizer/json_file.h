// Files of a tokenizer, read with distrust.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace residuum {

/// The bytes of a regular file of at most 64 MB; throws Error naming it otherwise.
std::string readTokenizerFile(const std::filesystem::path& file);

/// The JSON in `file`. Throws Error for malformed JSON, a key that an object has twice (which of
/// the two counts would be a guess) and nesting deeper than any tokenizer's.
nlohmann::json readTokenizerJson(const std::filesystem::path& file);

/// `text` for an error message: quoted, valid UTF-8, one line, cut to a readable length.
std::string inQuotes(std::string_view text);

} // namespace residuum

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

/// The value of `key`; null where `object` is none or has none.
const nlohmann::json& memberOf(const nlohmann::json& object, const char* key);

/// Throws Error: `what` in `file` is `found`, where `expected` would do.
[[noreturn]] void refuseJson(const std::filesystem::path& file, const std::string& what,
                             const nlohmann::json& found, const std::string& expected);

/// Whether `key` is true; false where it is missing or null. Throws Error for anything else.
bool flagOf(const std::filesystem::path& file, const std::string& where,
            const nlohmann::json& object, const char* key, bool otherwise = false);

/// `text` for an error message: quoted, valid UTF-8, one line, cut to a readable length.
std::string inQuotes(std::string_view text);

} // namespace residuum

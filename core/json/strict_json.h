// JSON from files that are not trusted.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace residuum {

/// Parses `text`, which lies in `file`. Throws Error naming the file for malformed JSON, for a key
/// that an object has twice (which of the two counts would be a guess) and for nesting deeper than
/// 32 levels.
nlohmann::json parseStrictJson(const std::filesystem::path& file, std::string_view text);

/// What is wrong where a member was missing or of another type than asked for, in words that end a
/// sentence: "\"seed\" is missing", "a string is expected where a number is".
std::string jsonProblem(const nlohmann::json::exception& error);

/// One line of JSON; bytes that are not UTF-8 are replaced, never thrown about.
std::string jsonLine(const nlohmann::ordered_json& json);

} // namespace residuum

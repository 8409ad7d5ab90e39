// JSON read with distrust.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace residuum::checkpoint {

/// Parses `text`, which lies in `file`. Throws Error for malformed JSON, for a key that an object
/// has twice (which of the two counts would be a guess), for nesting deeper than any such file's
/// and for anything but an object at the top.
nlohmann::json parseObject(const std::filesystem::path& file, std::string_view text);

/// The object in a small JSON file (at most `maxBytes`).
nlohmann::json readObject(const std::filesystem::path& file, std::size_t maxBytes = 64U << 20U);

/// A JSON integer that fits; empty for anything else (fractions, strings, 1e30 …).
std::optional<std::int64_t> asInteger(const nlohmann::json& value);

/// Whether `text` can be written as JSON, and shown.
bool isUtf8(const std::string& text);

/// A value for an error message, cut to a readable length.
std::string shown(const nlohmann::json& value);

} // namespace residuum::checkpoint

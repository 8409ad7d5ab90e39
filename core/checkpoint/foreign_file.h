// What a file is that is not what was expected, for the sentence that refuses it.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace residuum::checkpoint {

/// What the first bytes look like: "a web page (HTML)", "a Python pickle", "JSON text", "a table
/// (CSV)", "a safetensors file" …; "" where they tell nothing.
std::string looksLike(std::span<const std::byte> bytes);

/// "; it looks like a web page (HTML)", with what to do where that is known; "" as above.
std::string lookOf(std::span<const std::byte> bytes);

} // namespace residuum::checkpoint

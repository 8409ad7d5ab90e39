// How wide the ids of a .bin file are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace residuum {

/// Bytes per id: as asked for (2 or 4), else 2. Throws Error naming `file` and the width it seems
/// to have: where nothing was asked for and the ids look wider, where a vocabulary does not fit
/// into two bytes, where the file's length is no multiple.
/// `head`: the file's first bytes, as many as are looked at; `bytes`: its length.
int tokenWidth(std::optional<int> asked, std::string_view head, std::uint64_t bytes, int d_vocab,
               const std::string& file);

/// `head` should hold this many bytes, or the whole file.
inline constexpr std::size_t widthSampleBytes = std::size_t{1} << 20;

} // namespace residuum

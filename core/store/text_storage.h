// How texts lie in a result file: fixed-length, null-padded UTF-8. Internal to core/store.
#pragma once

#include "core/store/hdf5_handle.h"
#include "core/store/hdf5_writer.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace residuum {

/// An attribute is part of its object's header, where HDF5 has room for 64 KiB; a longer text is a
/// scalar dataset of the same name in the group.
inline constexpr std::size_t longestAttribute = 60'000;

std::vector<std::string> storableTexts(std::span<const std::string> texts);

std::size_t longestOf(std::span<const std::string> texts);

/// `texts` (storable) one after the other, each padded to `bytes`.
std::string padded(std::span<const std::string> texts, std::size_t bytes);

/// Writes a text to `object`, a group or dataset of `file`. `shown` is named in errors.
void writeText(hid_t file, const std::string& object, const std::string& name,
               const std::string& text, const std::filesystem::path& shown);

} // namespace residuum

// A zip archive of uncompressed entries, as torch.save writes it.
#pragma once

#include "core/checkpoint/mapped_file.h"

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace residuum::checkpoint {

/// Whether the bytes begin like a zip archive.
bool looksLikeZip(std::span<const std::byte> bytes);

/// The entries by name, each as bytes in the mapping. Reads the central directory (with zip64), and
/// checks every offset. Throws Error for a truncated or damaged archive, an entry that is there
/// twice, and for compressed or encrypted entries.
std::map<std::string, std::span<const std::byte>, std::less<>> readZip(const MappedFile& file);

} // namespace residuum::checkpoint

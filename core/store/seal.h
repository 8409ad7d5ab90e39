// The seal of a result file: a digest of everything in it, in front of the HDF5 data.
//
// HDF5 checks neither numbers nor attributes, so one flipped bit would be shown as a result. Every
// file this program writes begins with a user block of `sealBytes` (any HDF5 reader skips it) that
// holds the XXH3-128 of all bytes after it.
#pragma once

#include "core/task/error.h"

#include <cstddef>
#include <filesystem>

namespace residuum {

inline constexpr std::size_t sealBytes = 512;

enum class Seal {
    Whole, ///< the file is as it was written
    Absent ///< HDF5 without a seal: written by an older version or by another program
};

/// Another program holds the file open for writing: nothing is wrong with it.
class FileInUse : public Error {
  public:
    using Error::Error;
};

/// Digests the file and writes its seal; the file's first `sealBytes` are reserved for it. Throws
/// Error.
void seal(const std::filesystem::path& file);

/// Reads the whole file once. Throws FileInUse, and Error naming `file` where it is missing, no
/// regular file, no HDF5 file, or differs from what was sealed.
Seal checkSeal(const std::filesystem::path& file);

} // namespace residuum

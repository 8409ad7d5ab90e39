// A result file of unknown origin, made safe to read.
//
// A seal proves that a file is as it was written, not who wrote it, and HDF5 does not survive
// everything that can be in a file. So a program of its own, residuum-reader, reads the whole file
// under limits of time, memory and files, and writes what it found into a sealed copy with a fresh
// HDF5 structure (schema_version 2). Only the copy is opened here.
#pragma once

#include <filesystem>

namespace residuum {

/// The copy is deleted with the object; it may be open then.
class SafeCopy {
  public:
    /// Seconds at most. Throws Error naming `original` where it is no HDF5 file, is damaged or does
    /// not become readable within the limits, and where residuum-reader is missing.
    explicit SafeCopy(const std::filesystem::path& original);
    ~SafeCopy();
    SafeCopy(const SafeCopy&) = delete;
    SafeCopy& operator=(const SafeCopy&) = delete;

    std::filesystem::path file() const { return folder_ / "copy.h5"; }

  private:
    std::filesystem::path folder_;
};

} // namespace residuum

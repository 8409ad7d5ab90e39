// A file's bytes, mapped read-only.
#pragma once

#include "core/checkpoint/missing_pages.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace residuum::checkpoint {

/// What tells one state of a file from another. Times in nanoseconds since the epoch.
struct FileState {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t bytes = 0;
    std::int64_t modified = 0; ///< of the content; a program may set it to anything
    std::int64_t changed = 0;  ///< of content or properties; the system's own

    friend bool operator==(const FileState&, const FileState&) = default;
};

/// The bytes stay valid as long as the object lives, but are another program's to change: what was
/// made of them counts only if `current` afterwards is what `opened` was.
class MappedFile {
  public:
    /// Throws Error where the file is missing, unreadable, empty or not a regular file.
    static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);

    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::span<const std::byte> bytes() const { return bytes_; }
    /// The file's state before its first byte was read.
    const FileState& opened() const { return opened_; }
    /// Its state now, also where another file has taken its name. Throws Error where it can no
    /// longer be read or parts of it were missing when they were read.
    FileState current() const;
    /// Throws Error unless the content is the one that was opened, as far as size and times tell.
    void requireUnchanged() const;

  private:
    MappedFile(std::filesystem::path path, int descriptor, std::span<const std::byte> bytes,
               const FileState& opened);

    std::filesystem::path path_;
    int descriptor_;
    std::span<const std::byte> bytes_;
    FileState opened_;
    MissingPages pages_;
};

/// Throws the Error about a file that is not what it was when it was opened.
[[noreturn]] void refuseChanged(const std::filesystem::path& path);

/// Throws Error where `file` is a Git LFS pointer instead of the weights it stands for.
void refuseLfsPointer(const MappedFile& file);

} // namespace residuum::checkpoint

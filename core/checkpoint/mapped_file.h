// A file's bytes, mapped read-only.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace residuum::checkpoint {

/// Immutable; the bytes stay valid as long as the object lives. The file must not be cut short by
/// another program meanwhile (checkpoints are written once).
class MappedFile {
  public:
    /// Throws Error where the file is missing, unreadable, empty or not a regular file.
    static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);

    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::span<const std::byte> bytes() const { return {data_, size_}; }

  private:
    MappedFile(std::filesystem::path path, const std::byte* data, std::size_t size);

    std::filesystem::path path_;
    const std::byte* data_;
    std::size_t size_;
};

/// Throws Error where `file` is a Git LFS pointer instead of the weights it stands for.
void refuseLfsPointer(const MappedFile& file);

} // namespace residuum::checkpoint

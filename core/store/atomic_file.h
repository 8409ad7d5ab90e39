// A file that appears whole or not at all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace residuum {

/// A temporary file in the target's own folder, renamed over the target by `commit`; removed by the
/// destructor otherwise. The caller writes to `temporary()` and closes it before `commit`.
class AtomicFile {
  public:
    /// Creates the temporary file. Throws Error when the folder is missing or cannot be written to.
    explicit AtomicFile(const std::filesystem::path& target);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    const std::filesystem::path& temporary() const { return temporary_; }
    const std::filesystem::path& target() const { return target_; }

    /// Gives back what `reserveSpace` took beyond the file's end.
    void releaseReserved() const;
    /// fsyncs the file, renames it over the target and fsyncs the folder. Throws Error.
    void commit();

  private:
    std::filesystem::path target_;
    std::filesystem::path temporary_;
    bool committed_ = false;
};

/// Replaces the content of `file`, which exists. Throws Error naming `target` where not every byte
/// could be written.
void writeBytes(const std::filesystem::path& file, std::span<const char> bytes,
                const std::filesystem::path& target);

/// Reserves `bytes` on the disk for `file` without changing its size. Throws Error naming `target`
/// where there is not enough space; does nothing where the file system cannot reserve.
void reserveSpace(const std::filesystem::path& file, std::uint64_t bytes,
                  const std::filesystem::path& target);

/// A whole small file: text or bytes appear under its name at once or not at all. Throws Error.
void writeAtomically(const std::filesystem::path& target, std::span<const char> bytes);

} // namespace residuum

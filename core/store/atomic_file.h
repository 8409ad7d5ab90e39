// A file that appears whole or not at all.
#pragma once

#include <filesystem>

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

    /// fsyncs the file, renames it over the target and fsyncs the folder. Throws Error.
    void commit();

  private:
    std::filesystem::path target_;
    std::filesystem::path temporary_;
    bool committed_ = false;
};

} // namespace residuum

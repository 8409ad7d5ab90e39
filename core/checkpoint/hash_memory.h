// Hashes of weight files, remembered from one opening to the next.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace residuum {

namespace checkpoint {
class MappedFile;
}

/// A folder with one small file per set of weight files. A hash holds as long as every file has the
/// path, device, inode, size and times it had; the time of the last change of a file's properties
/// is among them, which no program can set back. Never throws: what cannot be remembered is
/// computed again. Several processes may use one folder.
class HashMemory {
  public:
    /// `settled`: how long ago a file must have been changed at least; a further change sooner than
    /// a file system's clock ticks would leave its times as they are.
    explicit HashMemory(std::filesystem::path folder,
                        std::chrono::seconds settled = std::chrono::seconds(2))
        : folder_(std::move(folder)), settled_(settled) {}

    /// What `files` were when they were opened; empty where one was changed too short ago.
    std::string
    fingerprint(const std::vector<std::shared_ptr<const checkpoint::MappedFile>>& files) const;

    std::optional<std::string> recall(const std::string& fingerprint) const;
    void remember(const std::string& fingerprint, const std::string& hash) const;

  private:
    std::filesystem::path folder_;
    std::chrono::seconds settled_;
};

} // namespace residuum

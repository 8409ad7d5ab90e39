// Hashes of weight files, remembered from one opening to the next.
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

namespace residuum {

/// A folder with one small file per set of weight files. A hash holds as long as every file has the
/// path, size, modification time and inode it had. Never throws: what cannot be remembered is
/// computed again. Several processes may use one folder.
class HashMemory {
  public:
    explicit HashMemory(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// What `files` are right now; empty where one is missing or was changed within the last two
    /// seconds, when a further change might leave its time as it is.
    static std::string fingerprint(const std::set<std::filesystem::path>& files);

    std::optional<std::string> recall(const std::string& fingerprint) const;
    void remember(const std::string& fingerprint, const std::string& hash) const;

  private:
    std::filesystem::path folder_;
};

} // namespace residuum

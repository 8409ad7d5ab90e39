// Results on disk, found by their key.
//
// FOLDER/results/KEY.h5   sealed result files; the modification time is that of the last use
// FOLDER/results/prepared-KEY.h5   likewise: what computations of a model start from
// FOLDER/damaged/KEY.h5   what was found damaged, kept for a look
// FOLDER/weights/         hashes of weight files (core/checkpoint/hash_memory.h)
// FOLDER/log.txt          a line for every file set aside
//
// Several processes may use one folder at once: files appear and go by rename and unlink only, and
// whatever is missing is computed again.
#pragma once

#include "core/task/progress.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

struct CacheSettings {
    std::filesystem::path folder;
    std::uint64_t maximumBytes = std::uint64_t{5} << 30U; ///< of all results together

    /// Folder: $RESIDUUM_CACHE, else $XDG_CACHE_HOME/residuum, else ~/.cache/residuum. Size:
    /// $RESIDUUM_CACHE_SIZE, as `parseByteSize` reads it. Throws UsageError for a malformed size.
    static CacheSettings fromEnvironment();
};

std::filesystem::path weightsMemoryFolder(const CacheSettings& settings);

/// "5G", "500M", "1.5 GiB", "1000": bytes, with K, M, G, T as powers of 1024. Throws UsageError
/// naming `option`.
std::uint64_t parseByteSize(const std::string& text, const std::string& option);

/// Before the keys of what is no result.
inline constexpr const char* preparedPrefix = "prepared-";

struct CacheInfo {
    std::size_t results = 0;
    std::size_t prepared = 0; ///< files that computations start from
    std::uint64_t bytes = 0;  ///< of both
    std::size_t damaged = 0;  ///< set aside
};

struct CacheCheck {
    std::size_t whole = 0;
    std::vector<std::string> setAside; ///< "KEY: why"
    std::size_t leftovers = 0;         ///< unfinished files of killed writers, removed
};

struct CachePrune {
    std::size_t removed = 0;
    std::uint64_t bytes = 0;
    CacheInfo left;
};

/// One thread at a time.
class ResultCache {
  public:
    explicit ResultCache(CacheSettings settings);

    const CacheSettings& settings() const { return settings_; }

    /// The file of a result that was stored, marked as used just now.
    std::optional<std::filesystem::path> find(const std::string& key) const;
    /// Where to write the result; its folder is made. Throws Error where it cannot be.
    std::filesystem::path place(const std::string& key) const;
    /// To be called once the file is at its place: removes the least recently used results while
    /// all together are larger than the settings allow.
    void stored(const std::string& key);
    /// Moves a file that cannot be used out of the way and says why in the log. Never throws.
    void setAside(const std::string& key, const std::string& why) const;

    CacheInfo info() const;
    /// Reads every file once; sets aside those that are damaged or are not what their name says.
    CacheCheck verify(Progress& progress) const;
    CachePrune prune(std::uint64_t maximumBytes);

  private:
    CacheSettings settings_;
    std::optional<std::uint64_t> bytes_; ///< of all results, as far as this process knows
};

} // namespace residuum

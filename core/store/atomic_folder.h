// A folder that appears whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace residuum {

/// A temporary folder beside the target, renamed to it by `commit`; removed with all that is in it
/// by the destructor otherwise. Files are made in it with FolderFile, by one thread.
class AtomicFolder {
  public:
    /// Throws Error unless the folder it is given, which has something in it, may be replaced.
    using RequireReplaceable = std::function<void(const std::filesystem::path& existing)>;

    /// Makes the temporary folder, and those above the target that are missing. Throws Error where
    /// that cannot be, where the target is a file or the current folder, and what
    /// `requireReplaceable` throws.
    AtomicFolder(const std::filesystem::path& target, RequireReplaceable requireReplaceable);
    ~AtomicFolder();
    AtomicFolder(const AtomicFolder&) = delete;
    AtomicFolder& operator=(const AtomicFolder&) = delete;

    /// As the user named it, for messages.
    const std::filesystem::path& target() const { return named_; }
    const std::filesystem::path& temporary() const { return temporary_; }

    /// Puts the folder in the target's place; one that is there is asked about again and replaced
    /// as a whole. Throws Error.
    void commit();

  private:
    void replace(const std::filesystem::path& old);

    /// Removed again, those that are empty, unless the target needs them.
    struct MadeFolders {
        std::vector<std::filesystem::path> paths; ///< the deepest first
        ~MadeFolders();
    };

    std::filesystem::path named_;
    std::filesystem::path target_; ///< absolute, links followed
    RequireReplaceable requireReplaceable_;
    MadeFolders above_;
    std::filesystem::path temporary_;
};

/// A new file in an AtomicFolder, written from its beginning to its end. Errors name it where it
/// will be.
class FolderFile {
  public:
    /// Reserves `bytes` on the disk where that can be done. Throws Error.
    FolderFile(const AtomicFolder& folder, const std::string& name, std::uint64_t bytes = 0);
    ~FolderFile();
    FolderFile(const FolderFile&) = delete;
    FolderFile& operator=(const FolderFile&) = delete;

    const std::filesystem::path& target() const { return target_; }
    void write(std::span<const std::byte> bytes);
    void write(const std::string& text);
    /// To disk; call it once, at the end. Throws Error.
    void finish();

  private:
    std::filesystem::path path_;
    std::filesystem::path target_;
    int descriptor_ = -1;
};

} // namespace residuum

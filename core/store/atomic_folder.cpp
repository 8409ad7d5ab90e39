#include "core/store/atomic_folder.h"

#include "core/store/atomic_file.h"
#include "core/store/writing.h"
#include "core/task/error.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace residuum {

namespace {

namespace fs = std::filesystem;

/// Absolute, links followed, without a slash at the end.
fs::path placeOf(const fs::path& named) {
    std::error_code failed;
    auto place = fs::weakly_canonical(fs::absolute(named, failed), failed);
    if (failed || named.empty())
        throw Error(named.string(), "is no folder that can be written; name another");
    return place.has_filename() ? place : place.parent_path();
}

bool isEmptyFolder(const fs::path& folder, const fs::path& named) {
    std::error_code failed;
    const bool empty = fs::is_empty(folder, failed);
    if (failed)
        throw Error(named.string(), "cannot be read: " + failed.message());
    return empty;
}

void requireFolder(const fs::path& place, const fs::path& named) {
    std::error_code ignored;
    if (fs::exists(place, ignored) && !fs::is_directory(place, ignored))
        throw Error(named.string(), "is a file; name a folder to write");
    struct stat own {
    }, above{};
    if (::stat(place.c_str(), &own) == 0 && ::stat(place.parent_path().c_str(), &above) == 0 &&
        own.st_dev != above.st_dev)
        throw Error(named.string(), "is a disk's own folder, which nothing can take the place of; "
                                    "name a folder in it");
    // Whoever stands in it would be left in a folder that is gone.
    if (fs::equivalent(place, fs::current_path(ignored), ignored))
        throw Error(named.string(), "is the folder you are in; name another to write");
}

fs::path makeTemporary(const fs::path& parent, const fs::path& named) {
    for (int attempt = 0; attempt < 100; ++attempt) {
        auto path = parent / temporaryName();
        if (::mkdir(path.c_str(), 0777) == 0)
            return path;
        if (errno != EEXIST)
            break;
    }
    failWriting(named, "cannot be made in " + parent.string());
}

bool exchange([[maybe_unused]] const fs::path& one, [[maybe_unused]] const fs::path& other) {
#ifdef RENAME_EXCHANGE
    return ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0;
#else
    return false;
#endif
}

} // namespace

AtomicFolder::MadeFolders::~MadeFolders() {
    std::error_code ignored;
    for (const auto& path : paths)
        fs::remove(path, ignored);
}

AtomicFolder::AtomicFolder(const fs::path& target, RequireReplaceable requireReplaceable)
    : named_(target), target_(placeOf(target)), requireReplaceable_(std::move(requireReplaceable)) {
    requireFolder(target_, named_);
    std::error_code failed;
    if (fs::exists(target_, failed) && !isEmptyFolder(target_, named_))
        requireReplaceable_(target_);
    const auto parent = target_.parent_path();
    for (auto path = parent; path.has_relative_path() && !fs::exists(path, failed);
         path = path.parent_path())
        above_.paths.push_back(path);
    fs::create_directories(parent, failed);
    if (failed)
        throw Error(named_.string(),
                    "cannot be made in " + parent.string() + ": " + failed.message());
    temporary_ = makeTemporary(parent, named_);
}

AtomicFolder::~AtomicFolder() {
    std::error_code ignored;
    if (!temporary_.empty())
        fs::remove_all(temporary_, ignored);
}

void AtomicFolder::commit() {
    synchronise(temporary_, O_RDONLY | O_DIRECTORY, named_);
    std::error_code ignored;
    if (fs::exists(target_, ignored) && !isEmptyFolder(target_, named_)) {
        requireReplaceable_(target_);
        replace(target_);
    } else if (::rename(temporary_.c_str(), target_.c_str()) == 0) {
        temporary_.clear();
    } else {
        failWriting(named_, "cannot be made");
    }
    above_.paths.clear();
    synchronise(target_.parent_path(), O_RDONLY | O_DIRECTORY, named_);
}

void AtomicFolder::replace(const fs::path& old) {
    // What was there lies under the temporary name afterwards, and goes with this object.
    if (exchange(temporary_, old))
        return;
    const auto aside = old.parent_path() / temporaryName();
    if (::rename(old.c_str(), aside.c_str()) != 0)
        failWriting(named_, "cannot be replaced");
    if (::rename(temporary_.c_str(), old.c_str()) != 0) {
        const int why = errno;
        (void)::rename(aside.c_str(), old.c_str());
        errno = why;
        failWriting(named_, "cannot be replaced");
    }
    temporary_ = aside;
}

FolderFile::FolderFile(const AtomicFolder& folder, const std::string& name, std::uint64_t bytes)
    : path_(folder.temporary() / name), target_(folder.target() / name) {
    descriptor_ = ::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
    if (descriptor_ < 0)
        failWriting(target_, "cannot be written");
    try {
        if (bytes > 0)
            reserveSpace(path_, bytes, target_);
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

FolderFile::~FolderFile() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

void FolderFile::write(std::span<const std::byte> bytes) {
    writeAll(descriptor_, bytes, target_);
}

void FolderFile::write(const std::string& text) {
    write(std::as_bytes(std::span(text)));
}

void FolderFile::finish() {
    const int result = ::fsync(descriptor_);
    if (result != 0 && errno != EINVAL)
        failWriting(target_, "cannot be written to disk");
    if (::close(std::exchange(descriptor_, -1)) != 0)
        failWriting(target_, "cannot be written");
}

} // namespace residuum

#include "core/store/atomic_file.h"

#include "core/store/writing.h"
#include "core/task/error.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace residuum {

namespace {

namespace fs = std::filesystem;

fs::path folderOf(const fs::path& file) {
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

/// Makes a file of a name not taken yet. It gets the permissions of any new file of the user; the
/// system applies the mask, which a process cannot read without setting it for all its threads.
fs::path makeTemporary(const fs::path& folder, const fs::path& target) {
    for (int attempt = 0; attempt < 100; ++attempt) {
        auto path = folder / temporaryName();
        const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
        if (descriptor >= 0) {
            ::close(descriptor);
            return path;
        }
        if (errno != EEXIST)
            break;
    }
    failWriting(target, "cannot be written in " + folder.string());
}

} // namespace

AtomicFile::AtomicFile(const fs::path& target) : target_(target) {
    std::error_code ignored;
    if (fs::is_directory(target, ignored))
        throw Error(target.string(), "is a folder; name a file to write");
    temporary_ = makeTemporary(folderOf(target), target);
}

AtomicFile::~AtomicFile() {
    if (!committed_) {
        std::error_code ignored;
        fs::remove(temporary_, ignored);
    }
}

void AtomicFile::releaseReserved() const {
    std::error_code unknown;
    const auto size = fs::file_size(temporary_, unknown);
    if (!unknown)
        fs::resize_file(temporary_, size, unknown);
}

void AtomicFile::commit() {
    synchronise(temporary_, O_RDONLY, target_);
    if (::rename(temporary_.c_str(), target_.c_str()) != 0)
        failWriting(target_, "cannot be replaced");
    committed_ = true;
    synchronise(folderOf(target_), O_RDONLY | O_DIRECTORY, target_);
}

void writeBytes(const fs::path& file, std::span<const char> bytes, const fs::path& target) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (descriptor < 0)
        failWriting(target, "cannot be written");
    try {
        writeAll(descriptor, std::as_bytes(bytes), target);
    } catch (...) {
        ::close(descriptor);
        throw;
    }
    if (::close(descriptor) != 0)
        failWriting(target, "cannot be written");
}

void reserveSpace(const fs::path& file, std::uint64_t bytes, const fs::path& target) {
#ifdef FALLOC_FL_KEEP_SIZE
    const auto refuse = [&] {
        failWriting(target,
                    "needs " + std::to_string(bytes >> 20U) + " MiB, which cannot be reserved");
    };
    // Asked for what is not there, a file system may fill the disk before it says no.
    std::error_code unknown;
    if (const auto space = fs::space(file, unknown); !unknown && space.available < bytes) {
        errno = ENOSPC;
        refuse();
    }
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        failWriting(target, "cannot be written");
    const int result = ::fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes));
    const int why = errno;
    ::close(descriptor);
    errno = why;
    if (result != 0 && why != EOPNOTSUPP && why != ENOSYS && why != EINTR)
        refuse();
#else
    (void)file, (void)bytes, (void)target;
#endif
}

void writeAtomically(const fs::path& target, std::span<const char> bytes) {
    AtomicFile file(target);
    writeBytes(file.temporary(), bytes, target);
    file.commit();
}

} // namespace residuum

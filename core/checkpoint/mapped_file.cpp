#include "core/checkpoint/mapped_file.h"

#include "core/task/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace residuum::checkpoint {

namespace {

class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0)
            ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int value() const { return value_; }
    int release() { return std::exchange(value_, -1); }

  private:
    int value_;
};

[[noreturn]] void failWithErrno(const std::filesystem::path& path) {
    throw Error(path.string(), "cannot be read: " + std::system_category().message(errno));
}

FileState stateOf(const struct stat& status) {
    const auto nanoseconds = [](const timespec& time) {
        return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
    };
    return {status.st_dev, status.st_ino, status.st_size, nanoseconds(status.st_mtim),
            nanoseconds(status.st_ctim)};
}

} // namespace

MappedFile::MappedFile(std::filesystem::path path, int descriptor, std::span<const std::byte> bytes,
                       const FileState& opened)
    : path_(std::move(path)), descriptor_(descriptor), bytes_(bytes), opened_(opened),
      pages_(bytes) {}

MappedFile::~MappedFile() {
    ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
    ::close(descriptor_);
}

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
    // Non-blocking, so that a named pipe is refused below instead of waited for.
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (file.value() < 0 || ::fstat(file.value(), &status) != 0)
        failWithErrno(path);
    if (!S_ISREG(status.st_mode))
        throw Error(path.string(), "is not a regular file");
    if (status.st_size == 0)
        throw Error(path.string(), "is empty; the download or copy was cut short, fetch it again");
    const auto size = static_cast<std::size_t>(status.st_size);
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.value(), 0);
    if (data == MAP_FAILED)
        failWithErrno(path);
    return std::shared_ptr<const MappedFile>(new MappedFile(
        path, file.release(), {static_cast<const std::byte*>(data), size}, stateOf(status)));
}

FileState MappedFile::current() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0)
        failWithErrno(path_);
    if (pages_.missing())
        refuseChanged(path_);
    return stateOf(status);
}

void MappedFile::requireUnchanged() const {
    if (current() != opened_)
        refuseChanged(path_);
}

void refuseChanged(const std::filesystem::path& path) {
    throw Error(path.string(),
                "was changed or cut short while it was being used, so what was computed from it "
                "is not kept; when the file is whole again, open the model anew");
}

void refuseLfsPointer(const MappedFile& file) {
    constexpr std::string_view mark = "version https://git-lfs";
    const auto bytes = file.bytes();
    if (bytes.size() >= mark.size() && std::memcmp(bytes.data(), mark.data(), mark.size()) == 0)
        throw Error(file.path().string(),
                    "is a Git LFS pointer, not the weights; run \"git lfs pull\" in its folder");
}

} // namespace residuum::checkpoint

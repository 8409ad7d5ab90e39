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

  private:
    int value_;
};

[[noreturn]] void failWithErrno(const std::filesystem::path& path) {
    throw Error(path.string(), "cannot be read: " + std::system_category().message(errno));
}

} // namespace

MappedFile::MappedFile(std::filesystem::path path, const std::byte* data, std::size_t size)
    : path_(std::move(path)), data_(data), size_(size) {}

MappedFile::~MappedFile() {
    ::munmap(const_cast<std::byte*>(data_), size_);
}

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
    // Non-blocking, so that a named pipe is refused below instead of waited for.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.value() < 0)
        failWithErrno(path);
    struct stat status {};
    if (::fstat(file.value(), &status) != 0)
        failWithErrno(path);
    if (!S_ISREG(status.st_mode))
        throw Error(path.string(), "is not a regular file");
    if (status.st_size == 0)
        throw Error(path.string(), "is empty; the download or copy was cut short, fetch it again");
    const auto size = static_cast<std::size_t>(status.st_size);
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.value(), 0);
    if (data == MAP_FAILED)
        failWithErrno(path);
    return std::shared_ptr<const MappedFile>(
        new MappedFile(path, static_cast<const std::byte*>(data), size));
}

void refuseLfsPointer(const MappedFile& file) {
    constexpr std::string_view mark = "version https://git-lfs";
    const auto bytes = file.bytes();
    if (bytes.size() >= mark.size() && std::memcmp(bytes.data(), mark.data(), mark.size()) == 0)
        throw Error(file.path().string(),
                    "is a Git LFS pointer, not the weights; run \"git lfs pull\" in its folder");
}

} // namespace residuum::checkpoint

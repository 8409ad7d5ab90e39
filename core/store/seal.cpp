#include "core/store/seal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>
#include <xxhash.h>

namespace residuum {

namespace {

namespace fs = std::filesystem;

using Block = std::array<char, sealBytes>;

constexpr std::string_view sealName = "residuum-result seal 1\n";
constexpr std::string_view hdf5Signature = "\x89HDF\r\n\x1a\n";

class Descriptor {
  public:
    Descriptor(const fs::path& file, int flags) : file_(file) {
        number_ = ::open(file.c_str(), flags | O_CLOEXEC | O_NONBLOCK);
        if (number_ < 0)
            fail();
        struct stat status {};
        if (::fstat(number_, &status) != 0)
            fail();
        if (!S_ISREG(status.st_mode))
            throw Error(file.string(), S_ISDIR(status.st_mode)
                                           ? "is a folder; name a result file (HDF5)"
                                           : "is no regular file; name a result file (HDF5)");
        size_ = static_cast<std::uint64_t>(status.st_size);
    }
    ~Descriptor() { ::close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[noreturn]] void fail() const {
        throw Error(file_.string(), std::string("cannot be read: ") + std::strerror(errno));
    }
    int number() const { return number_; }
    std::uint64_t size() const { return size_; }

    /// HDF5 takes the same lock on what it opens; where files cannot be locked nobody holds one.
    void refuseWhereLocked() const {
        if (::flock(number_, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
            throw FileInUse(file_.string(), "is in use: another program has it open for writing; "
                                            "close it there and try again");
    }

    std::size_t read(char* into, std::size_t most) const {
        std::size_t done = 0;
        while (done < most) {
            const auto got = ::read(number_, into + done, most - done);
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                fail();
            if (got == 0)
                break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

  private:
    fs::path file_;
    int number_ = -1;
    std::uint64_t size_ = 0;
};

struct FreeState {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

/// The seal that the bytes after the descriptor's place deserve.
Block sealOf(const Descriptor& file) {
    const std::unique_ptr<XXH3_state_t, FreeState> state(XXH3_createState());
    XXH3_128bits_reset(state.get());
    std::vector<char> buffer(std::size_t{1} << 20U);
    std::uint64_t total = 0;
    while (const auto got = file.read(buffer.data(), buffer.size())) {
        XXH3_128bits_update(state.get(), buffer.data(), got);
        total += got;
    }
    const auto digest = XXH3_128bits_digest(state.get());
    Block block{};
    std::snprintf(block.data(), block.size(), "%sxxh3-128:%016llx%016llx of %llu bytes\n",
                  std::string(sealName).c_str(), static_cast<unsigned long long>(digest.high64),
                  static_cast<unsigned long long>(digest.low64),
                  static_cast<unsigned long long>(total));
    return block;
}

} // namespace

void seal(const fs::path& file) {
    const Descriptor descriptor(file, O_RDWR);
    if (::lseek(descriptor.number(), sealBytes, SEEK_SET) < 0)
        descriptor.fail();
    const auto block = sealOf(descriptor);
    if (::pwrite(descriptor.number(), block.data(), block.size(), 0) !=
        static_cast<ssize_t>(block.size()))
        throw Error(file.string(), std::string("cannot be written: ") + std::strerror(errno));
}

Seal checkSeal(const fs::path& file) {
    const Descriptor descriptor(file, O_RDONLY);
    descriptor.refuseWhereLocked();
    Block found{};
    const auto got = descriptor.read(found.data(), found.size());
    const std::string_view head(found.data(), got);
    if (head.starts_with(hdf5Signature))
        return Seal::Absent;
    if (!head.starts_with("residuum-result"))
        throw Error(file.string(), got == 0 ? "is empty; a result file (HDF5) is expected"
                                            : "is no result file (HDF5)");
    if (got < sealBytes || found != sealOf(descriptor))
        throw Error(file.string(),
                    "is damaged: its content differs from what was written; compute it again, or "
                    "take another copy");
    return Seal::Whole;
}

} // namespace residuum

#include "core/store/writing.h"

#include "core/task/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <random>
#include <string_view>
#include <unistd.h>

namespace residuum {

void failWriting(const std::filesystem::path& target, const std::string& action) {
    throw Error(target.string(), action + ": " + std::strerror(errno));
}

namespace {

constexpr std::string_view prefix = ".residuum-", letters = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::size_t letterCount = 8;

} // namespace

bool isTemporaryName(const std::string& name) {
    return name.size() == prefix.size() + letterCount && name.starts_with(prefix);
}

std::string temporaryName() {
    std::random_device random;
    std::string name(prefix);
    for (std::size_t i = 0; i < letterCount; ++i)
        name += letters[random() % letters.size()];
    return name;
}

void synchronise(const std::filesystem::path& path, int flags,
                 const std::filesystem::path& target) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0)
        failWriting(target, "cannot be written");
    const int result = ::fsync(descriptor);
    const int why = errno;
    ::close(descriptor);
    errno = why;
    // Some network file systems cannot fsync a folder; the rename itself has happened then.
    if (result != 0 && why != EINVAL)
        failWriting(target, "cannot be written to disk");
}

void writeAll(int descriptor, std::span<const std::byte> bytes,
              const std::filesystem::path& target) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            failWriting(target, "cannot be written");
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

} // namespace residuum

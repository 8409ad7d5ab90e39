#include "analysis/removal/token_file.h"

#include "core/task/error.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>
#include <utility>

namespace residuum {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t atOnce = 1U << 18U;

std::string placeName() {
    std::error_code none;
    const auto folder = fs::temp_directory_path(none);
    return (none ? fs::path("/tmp") : folder).string();
}

/// Calls `transfer(bytes done)` until all is done; false where that cannot be.
template <class Transfer>
bool all(std::size_t bytes, const Transfer& transfer) {
    for (std::size_t done = 0; done < bytes;) {
        const auto now = transfer(done);
        if (now < 0 && errno == EINTR)
            continue;
        if (now <= 0)
            return false;
        done += static_cast<std::size_t>(now);
    }
    return true;
}

} // namespace

TokenFile::TokenFile(fs::path source) : source_(std::move(source)) {
    auto name = placeName() + "/residuum-tokens-XXXXXX";
    descriptor_ = ::mkstemp(name.data());
    if (descriptor_ < 0)
        throw Error(placeName(), std::string("cannot hold the tokens of ") + source_.string() +
                                     ": " + std::strerror(errno) + "; TMPDIR names another folder");
    ::unlink(name.c_str()); // gone when the program ends, however it does
}

TokenFile::~TokenFile() {
    ::close(descriptor_);
}

void TokenFile::append(std::span<const std::int32_t> tokens) {
    waiting_.insert(waiting_.end(), tokens.begin(), tokens.end());
    size_ += static_cast<std::int64_t>(tokens.size());
    if (waiting_.size() >= atOnce)
        flush();
}

void TokenFile::finish() {
    flush();
    waiting_.shrink_to_fit();
}

void TokenFile::flush() {
    const auto* bytes = reinterpret_cast<const char*>(waiting_.data());
    const auto count = waiting_.size() * sizeof waiting_[0];
    if (!all(count,
             [&](std::size_t done) { return ::write(descriptor_, bytes + done, count - done); }))
        throw Error(placeName(), std::string("cannot hold the tokens of ") + source_.string() +
                                     " (" + std::to_string(size_ * 4) + " bytes so far): " +
                                     std::strerror(errno) + "; TMPDIR names another folder");
    waiting_.clear();
}

void TokenFile::read(std::int64_t first, std::span<std::int32_t> into) const {
    auto* bytes = reinterpret_cast<char*>(into.data());
    const auto begin = static_cast<off_t>(first) * static_cast<off_t>(sizeof(std::int32_t));
    if (!all(into.size_bytes(), [&](std::size_t done) {
            return ::pread(descriptor_, bytes + done, into.size_bytes() - done,
                           begin + static_cast<off_t>(done));
        }))
        throw Error(placeName(), std::string("the tokens of ") + source_.string() +
                                     " cannot be read back: " + std::strerror(errno));
}

} // namespace residuum

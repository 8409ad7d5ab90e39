#include "core/checkpoint/hash_memory.h"

#include "core/checkpoint/mapped_file.h"
#include "core/store/atomic_file.h"
#include "core/task/error.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <xxhash.h>

namespace residuum {

namespace {

namespace fs = std::filesystem;

std::string hex(const std::string& text) {
    const auto digest = XXH3_128bits(text.data(), text.size());
    char digits[33];
    std::snprintf(digits, sizeof digits, "%016llx%016llx",
                  static_cast<unsigned long long>(digest.high64),
                  static_cast<unsigned long long>(digest.low64));
    return digits;
}

/// The last line is a digest of the others: a damaged memory must not name other weights.
std::string contentOf(const std::string& fingerprint, const std::string& hash) {
    const auto body = "residuum-weights 1\n" + fingerprint + hash + "\n";
    return body + hex(body) + "\n";
}

} // namespace

std::string HashMemory::fingerprint(
    const std::vector<std::shared_ptr<const checkpoint::MappedFile>>& files) const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::string text;
    for (const auto& file : files) {
        const auto& state = file->opened();
        const std::chrono::nanoseconds last(std::max(state.modified, state.changed));
        std::error_code error;
        const auto real = fs::canonical(file->path(), error);
        if (error || now - last < settled_)
            return {};
        for (const auto number : {state.bytes, state.modified, state.changed})
            text += std::to_string(number) + " ";
        text += std::to_string(state.device) + ":" + std::to_string(state.inode) + " " +
                oneLine(real.string(), 5000) + "\n";
    }
    return text;
}

std::optional<std::string> HashMemory::recall(const std::string& fingerprint) const {
    if (fingerprint.empty())
        return std::nullopt;
    std::ifstream stream(folder_ / hex(fingerprint), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(stream), {}};
    const std::string head = "residuum-weights 1\n" + fingerprint;
    if (!content.starts_with(head))
        return std::nullopt;
    const auto hash = content.substr(head.size(), content.find('\n', head.size()) - head.size());
    return content == contentOf(fingerprint, hash) ? std::optional(hash) : std::nullopt;
}

void HashMemory::remember(const std::string& fingerprint, const std::string& hash) const {
    if (fingerprint.empty())
        return;
    try {
        std::error_code error;
        fs::create_directories(folder_, error);
        writeAtomically(folder_ / hex(fingerprint), contentOf(fingerprint, hash));
    } catch (const Error&) {
        // A full disk or a read-only folder costs a pass over the weights next time, no more.
    }
}

} // namespace residuum

#include "core/checkpoint/legacy_archive.h"

#include "core/checkpoint/pickle.h"
#include "core/checkpoint/state_dict.h"
#include "core/task/error.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace residuum::checkpoint {

namespace {

/// The pickle of torch's magic number, 0x1950a86a20f9469cfc6c (too long for Integer nodes).
constexpr std::array<unsigned char, 15> magic = {0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46,
                                                 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E};
constexpr std::int64_t protocolVersion = 1001;

/// Each storage's element size is known from the persistent ids only.
std::map<std::string, std::size_t> elementSizes(const MappedFile& file, const Pickle& pickle) {
    std::map<std::string, std::size_t> sizes;
    for (const PickleNode& node : pickle.nodes) {
        if (node.kind == PickleKind::Storage) {
            const StorageId id = storageId(file.path(), pickle, node);
            sizes.emplace(id.key, byteSize(id.type));
        }
    }
    return sizes;
}

void requireLittleEndian(const MappedFile& file, const Pickle& info) {
    const std::vector<std::uint32_t>& items = info.top().items;
    for (std::size_t i = 0; info.top().kind == PickleKind::Dict && i + 1 < items.size(); i += 2) {
        if (info.at(items[i]).text == "little_endian" && info.at(items[i + 1]).number == 1)
            return;
    }
    throw Error(file.path().string(), "does not say that it is little-endian, expected it to be");
}

} // namespace

bool looksLikeLegacyArchive(std::span<const std::byte> bytes) {
    return bytes.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), bytes.begin(),
                      [](unsigned char a, std::byte b) { return std::byte{a} == b; });
}

void readLegacyArchive(const MappedFile& file, RawCheckpoint& into) {
    auto rest = file.bytes().subspan(magic.size());
    const auto next = [&] {
        Pickle pickle = readPickle(file.path(), rest);
        rest = rest.subspan(pickle.consumed);
        return pickle;
    };
    const Pickle version = next();
    if (version.top().kind != PickleKind::Integer || version.top().number != protocolVersion)
        throw Error(file.path().string(), "has an unknown version of PyTorch's older format, "
                                          "expected 1001");
    requireLittleEndian(file, next());
    const Pickle stateDict = next();
    const auto sizes = elementSizes(file, stateDict);
    const Pickle keys = next();
    if (keys.top().kind != PickleKind::List)
        throw Error(file.path().string(), "has no list of storages; the file is damaged");
    std::map<std::string, std::span<const std::byte>> storages;
    for (const std::uint32_t item : keys.top().items) {
        const std::string& key = keys.at(item).text;
        const auto size = sizes.find(key);
        std::uint64_t count = 0;
        const bool header = rest.size() >= sizeof count;
        for (std::size_t i = 0; header && i < sizeof count; ++i)
            count |= static_cast<std::uint64_t>(rest[i]) << (8 * i);
        if (size == sizes.end() || !header || count > (rest.size() - sizeof count) / size->second)
            throw Error(file.path().string() + ", storage " + key,
                        "does not fit the file; it is truncated or damaged");
        storages.emplace(key, rest.subspan(sizeof count, count * size->second));
        rest = rest.subspan(sizeof count + count * size->second);
    }
    const auto storage = [&](const std::string& key) {
        const auto found = storages.find(key);
        if (found == storages.end())
            throw Error(file.path().string() + ", storage " + key,
                        "is missing from the file; it is truncated or damaged");
        return found->second;
    };
    readStateDict(file.path(), stateDict, storage, into);
}

} // namespace residuum::checkpoint

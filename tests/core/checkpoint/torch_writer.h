// Writes zip archives and pickles byte by byte, sound ones and others.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace residuum::test {

inline std::string littleEndian(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

struct ZipEntry {
    std::string name;
    std::string data;
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
};

/// With `zip64`, sizes and offsets are in zip64 records only.
inline std::string zip(const std::vector<ZipEntry>& entries, bool zip64 = false) {
    std::string archive;
    std::string directory;
    for (const ZipEntry& entry : entries) {
        const std::string size = littleEndian(zip64 ? 0xFFFFFFFF : entry.data.size(), 4);
        const std::string common = littleEndian(entry.flags, 2) + littleEndian(entry.method, 2) +
                                   std::string(8, '\0') + size + size +
                                   littleEndian(entry.name.size(), 2);
        std::string extra;
        if (zip64)
            extra = littleEndian(1, 2) + littleEndian(24, 2) + littleEndian(entry.data.size(), 8) +
                    littleEndian(entry.data.size(), 8) + littleEndian(archive.size(), 8);
        directory += littleEndian(0x02014B50, 4) + littleEndian(45, 2) + littleEndian(45, 2) +
                     common + littleEndian(extra.size(), 2) + std::string(10, '\0') +
                     littleEndian(zip64 ? 0xFFFFFFFF : archive.size(), 4) + entry.name + extra;
        archive += littleEndian(0x04034B50, 4) + littleEndian(45, 2) + common + littleEndian(0, 2) +
                   entry.name + entry.data;
    }
    const std::uint64_t at = archive.size();
    archive += directory;
    if (zip64) {
        const std::uint64_t record = archive.size();
        archive += littleEndian(0x06064B50, 4) + littleEndian(44, 8) + std::string(12, '\0') +
                   littleEndian(entries.size(), 8) + littleEndian(entries.size(), 8) +
                   littleEndian(directory.size(), 8) + littleEndian(at, 8);
        archive += littleEndian(0x07064B50, 4) + littleEndian(0, 4) + littleEndian(record, 8) +
                   littleEndian(1, 4);
    }
    const std::uint64_t count = zip64 ? 0xFFFF : entries.size();
    return archive + littleEndian(0x06054B50, 4) + littleEndian(0, 4) + littleEndian(count, 2) +
           littleEndian(count, 2) + littleEndian(zip64 ? 0xFFFFFFFF : directory.size(), 4) +
           littleEndian(zip64 ? 0xFFFFFFFF : at, 4) + littleEndian(0, 2);
}

namespace pickle {

inline std::string text(const std::string& value) {
    return "X" + littleEndian(value.size(), 4) + value;
}
inline std::string integer(std::int64_t value) {
    return std::string("\x8A\x08", 2) + littleEndian(static_cast<std::uint64_t>(value), 8);
}
inline std::string tuple(const std::vector<std::int64_t>& values) {
    std::string code = "(";
    for (const std::int64_t value : values)
        code += integer(value);
    return code + "t";
}
/// torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, False, OrderedDict())
inline std::string tensor(const std::string& storageClass, const std::string& key,
                          std::int64_t count, std::int64_t offset,
                          const std::vector<std::int64_t>& shape,
                          const std::vector<std::int64_t>& strides) {
    return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\n" + storageClass +
           "\n" + text(key) + text("cpu") + integer(count) + "tQ" + integer(offset) + tuple(shape) +
           tuple(strides) + "\x89" + "ccollections\nOrderedDict\n)RtR";
}
/// A pickle of one value.
inline std::string whole(const std::string& code) {
    return "\x80\x02" + code + ".";
}
/// A pickle of a dict; `entries` are keys and values in turn.
inline std::string dict(const std::string& entries) {
    return whole("}(" + entries + "u");
}

} // namespace pickle
} // namespace residuum::test

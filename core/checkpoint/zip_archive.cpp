#include "core/checkpoint/zip_archive.h"

#include "core/task/error.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace residuum::checkpoint {

namespace {

constexpr std::uint32_t localHeader = 0x04034B50;
constexpr std::uint32_t directoryEntry = 0x02014B50;
constexpr std::uint32_t endRecord = 0x06054B50;
constexpr std::uint32_t zip64EndRecord = 0x06064B50;
constexpr std::uint32_t zip64Locator = 0x07064B50;
constexpr std::uint16_t zip64Extra = 0x0001;
constexpr std::uint64_t endRecordBytes = 22;
constexpr std::uint64_t localHeaderBytes = 30;
constexpr std::uint64_t directoryEntryBytes = 46;
constexpr std::uint32_t in64 = 0xFFFFFFFF; ///< "the value is in the zip64 record"

using Entries = std::map<std::string, std::span<const std::byte>, std::less<>>;

struct Directory {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t entries = 0;
};

class ZipReader {
  public:
    explicit ZipReader(const MappedFile& file) : file_(file), bytes_(file.bytes()) {}

    Entries read() {
        const Directory directory = findDirectory();
        need(directory.offset, directory.size, "the archive's directory");
        const std::uint64_t end = directory.offset + directory.size;
        std::uint64_t at = directory.offset;
        for (std::uint64_t i = 0; i < directory.entries; ++i)
            at = readEntry(at, end);
        return std::move(entries_);
    }

  private:
    /// Little-endian, after a bounds check.
    template <typename T>
    T get(std::uint64_t at) const {
        need(at, sizeof(T), "a record");
        T value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            value =
                static_cast<T>(value | static_cast<T>(static_cast<T>(bytes_[at + i]) << (8 * i)));
        return value;
    }

    void need(std::uint64_t at, std::uint64_t size, const std::string& what) const {
        if (at > bytes_.size() || size > bytes_.size() - at)
            fail("is truncated or damaged: " + what + " needs " + std::to_string(size) +
                 " bytes at " + std::to_string(at) + ", the file has " +
                 std::to_string(bytes_.size()));
    }

    /// The end record is the last thing in the file, save for a comment of up to 64 KB.
    std::uint64_t findEnd() const {
        if (bytes_.size() >= endRecordBytes) {
            const std::uint64_t last = bytes_.size() - endRecordBytes;
            const std::uint64_t first = last - std::min<std::uint64_t>(last, 0xFFFF);
            for (std::uint64_t at = last + 1; at-- > first;) {
                if (bytes_[at] == std::byte{'P'} && get<std::uint32_t>(at) == endRecord &&
                    at + endRecordBytes + get<std::uint16_t>(at + 20) <= bytes_.size())
                    return at;
            }
        }
        fail("is truncated: the directory at the end of a zip archive is missing; fetch the file "
             "again");
    }

    Directory findDirectory() const {
        const std::uint64_t end = findEnd();
        Directory directory;
        directory.entries = get<std::uint16_t>(end + 10);
        directory.size = get<std::uint32_t>(end + 12);
        directory.offset = get<std::uint32_t>(end + 16);
        const bool wide =
            directory.entries == 0xFFFF || directory.size == in64 || directory.offset == in64;
        if (wide && end >= 20 && get<std::uint32_t>(end - 20) == zip64Locator) {
            const auto record = get<std::uint64_t>(end - 20 + 8);
            need(record, 56, "the zip64 record");
            if (get<std::uint32_t>(record) != zip64EndRecord)
                fail("is damaged: there is no zip64 record where the archive says");
            directory.entries = get<std::uint64_t>(record + 32);
            directory.size = get<std::uint64_t>(record + 40);
            directory.offset = get<std::uint64_t>(record + 48);
        }
        if (directory.entries > directory.size / directoryEntryBytes)
            fail("is damaged: " + std::to_string(directory.entries) +
                 " entries do not fit a directory of " + std::to_string(directory.size) + " bytes");
        return directory;
    }

    /// Reads one directory entry and the local header it points to; returns where the next begins.
    std::uint64_t readEntry(std::uint64_t at, std::uint64_t end) {
        need(at, directoryEntryBytes, "a directory entry");
        if (get<std::uint32_t>(at) != directoryEntry)
            fail("is damaged: no directory entry at " + std::to_string(at));
        const auto flags = get<std::uint16_t>(at + 8);
        const auto method = get<std::uint16_t>(at + 10);
        std::uint64_t packed = get<std::uint32_t>(at + 20);
        std::uint64_t size = get<std::uint32_t>(at + 24);
        const std::uint64_t nameBytes = get<std::uint16_t>(at + 28);
        const std::uint64_t extraBytes = get<std::uint16_t>(at + 30);
        const std::uint64_t commentBytes = get<std::uint16_t>(at + 32);
        std::uint64_t offset = get<std::uint32_t>(at + 42);
        const std::uint64_t next = at + directoryEntryBytes + nameBytes + extraBytes + commentBytes;
        if (next > end)
            fail("is damaged: a directory entry runs over the directory's end");
        const std::string name(
            reinterpret_cast<const char*>(bytes_.data()) + at + directoryEntryBytes, nameBytes);
        // The zip64 values are there for those fields only that are all ones, in this order.
        std::uint64_t extra = at + directoryEntryBytes + nameBytes;
        const std::uint64_t extraEnd = extra + extraBytes;
        while (extra + 4 <= extraEnd) {
            const auto id = get<std::uint16_t>(extra);
            const std::uint64_t fieldEnd = extra + 4 + get<std::uint16_t>(extra + 2);
            std::uint64_t field = extra + 4;
            for (std::uint64_t* value : {&size, &packed, &offset}) {
                if (id == zip64Extra && *value == in64 &&
                    field + 8 <= std::min(fieldEnd, extraEnd)) {
                    *value = get<std::uint64_t>(field);
                    field += 8;
                }
            }
            extra = fieldEnd;
        }
        if ((flags & 1U) != 0)
            failEntry(name, "is encrypted, which is not supported");
        if (method != 0 || packed != size)
            failEntry(name, "is compressed (method " + std::to_string(method) +
                                "); torch.save stores entries uncompressed, so save the state "
                                "dict again with torch.save");
        add(name, offset, size);
        return next;
    }

    void add(const std::string& name, std::uint64_t offset, std::uint64_t size) {
        need(offset, localHeaderBytes, "entry " + name);
        if (get<std::uint32_t>(offset) != localHeader)
            failEntry(name, "is damaged: there is no entry where the directory says");
        const std::uint64_t data = offset + localHeaderBytes + get<std::uint16_t>(offset + 26) +
                                   get<std::uint16_t>(offset + 28);
        need(data, size, "entry " + name);
        if (!entries_.emplace(name, bytes_.subspan(data, size)).second)
            failEntry(name, "is there twice; which of the two counts would be a guess");
    }

    [[noreturn]] void fail(const std::string& reason) const {
        throw Error(file_.path().string(), reason);
    }
    [[noreturn]] void failEntry(const std::string& name, const std::string& reason) const {
        throw Error(file_.path().string() + ", entry " + name, reason);
    }

    const MappedFile& file_;
    std::span<const std::byte> bytes_;
    Entries entries_;
};

} // namespace

bool looksLikeZip(std::span<const std::byte> bytes) {
    return bytes.size() >= 4 && bytes[0] == std::byte{'P'} && bytes[1] == std::byte{'K'} &&
           bytes[2] == std::byte{3} && bytes[3] == std::byte{4};
}

Entries readZip(const MappedFile& file) {
    return ZipReader(file).read();
}

} // namespace residuum::checkpoint

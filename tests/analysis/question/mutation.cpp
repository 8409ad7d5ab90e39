#include "mutation.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

namespace residuum::test {

namespace {

constexpr std::size_t npos = std::string::npos;

std::uint64_t wordAt(const std::string& bytes, std::size_t at) {
    std::uint64_t word = 0;
    if (at + sizeof word <= bytes.size())
        std::memcpy(&word, bytes.data() + at, sizeof word);
    return word;
}

void mark(std::set<std::size_t>& places, std::size_t first, std::size_t count, std::size_t end) {
    for (std::size_t at = first; at < std::min(first + count, end); ++at)
        places.insert(at);
}

/// Object headers have no signature of their own; symbol tables name them.
void markObjects(std::set<std::size_t>& places, const std::string& bytes, std::size_t base) {
    constexpr std::size_t entryBytes = 40, headBytes = 8, headerBytes = 400;
    for (auto at = bytes.find("SNOD"); at != npos; at = bytes.find("SNOD", at + 1)) {
        const auto count = std::min<std::uint64_t>(wordAt(bytes, at + 6) & 0xffffU, 64);
        for (std::size_t entry = 0; entry < count; ++entry)
            mark(places, base + wordAt(bytes, at + headBytes + entry * entryBytes + 8), headerBytes,
                 bytes.size());
    }
}

} // namespace

std::vector<std::size_t> structureOf(const std::string& bytes) {
    std::set<std::size_t> places;
    const auto base = bytes.find("\x89HDF\r\n\x1a\n");
    mark(places, base, 96, bytes.size());
    for (const auto* signature : {"TREE", "SNOD", "HEAP", "OHDR", "OCHK", "BTHD", "BTLF", "FRHP"})
        for (auto at = bytes.find(signature); at != npos; at = bytes.find(signature, at + 1))
            mark(places, at, 300, bytes.size());
    for (auto at = bytes.find("GCOL"); at != npos; at = bytes.find("GCOL", at + 1))
        mark(places, at, 4096, bytes.size());
    markObjects(places, bytes, base);
    return {places.begin(), places.end()};
}

std::string mutated(std::string bytes, const std::vector<std::size_t>& structure,
                    std::mt19937_64& random) {
    constexpr std::array<std::uint64_t, 8> telling{
        0, 1, 0xff, 0x7fff, 0xffffffff, 0x7fffffff, 0xfffffffffffffff0, 0xffffffffffffffff};
    for (auto changes = 1 + random() % 6; changes > 0; --changes) {
        const auto at = structure[random() % structure.size()];
        if (random() % 2 == 0) {
            bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(1U << random() % 8));
            continue;
        }
        auto value = random() % 3 == 0 ? random() : telling[random() % telling.size()];
        if (random() % 3 == 0)
            value = wordAt(bytes, at) + random() % 64 - 32;
        const auto length =
            std::min<std::size_t>(std::size_t{1} << random() % 4, bytes.size() - at);
        std::memcpy(bytes.data() + at, &value, length);
    }
    return bytes;
}

} // namespace residuum::test

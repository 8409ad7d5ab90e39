// Remembers the tokens of short pieces while one text is encoded: words repeat.
#pragma once

#include "core/index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace residuum {

/// Direct-mapped and of fixed size; belongs to one call, so that no lock is needed.
class WordCache {
  public:
    static constexpr std::size_t longestPiece = 16; ///< bytes
    static constexpr std::size_t mostTokens = 6;

    struct Entry {
        std::uint64_t head = 0;
        std::uint64_t tail = 0;
        std::uint8_t length = 0; ///< bytes; 0: free
        std::uint8_t count = 0;  ///< tokens
        std::array<TokenId, mostTokens> ids;
    };

    /// textSize: bytes of the text; a short one is not worth clearing a cache for.
    explicit WordCache(std::size_t textSize) {
        if (textSize < 1024)
            return;
        const std::size_t size = std::bit_ceil(std::min<std::size_t>(textSize / 8, 8192));
        entries_.resize(size);
        shift_ = 64 - std::countr_zero(size);
    }

    bool holds(std::string_view piece) const {
        return !entries_.empty() && piece.size() <= longestPiece;
    }

    /// The entry of `piece`, for which `holds` is true. Where it is another piece's or free, it is
    /// made this piece's with `count` 0, to be filled with `store`.
    Entry& entry(std::string_view piece) {
        std::array<char, longestPiece> bytes{};
        std::memcpy(bytes.data(), piece.data(), piece.size());
        Entry wanted;
        std::memcpy(&wanted.head, bytes.data(), 8);
        std::memcpy(&wanted.tail, bytes.data() + 8, 8);
        wanted.length = static_cast<std::uint8_t>(piece.size());
        const std::uint64_t mixed = (wanted.head ^ std::rotl(wanted.tail, 29)) + wanted.length;
        Entry& found = entries_[((mixed ^ (mixed >> 32)) * 0x9E3779B97F4A7C15U) >> shift_];
        const bool same =
            found.head == wanted.head && found.tail == wanted.tail && found.length == wanted.length;
        if (!same)
            found = wanted;
        return found;
    }

    /// Keeps ids[0, count) where they fit.
    static void store(Entry& entry, const TokenId* ids, std::size_t count) {
        if (count > mostTokens)
            return;
        std::copy(ids, ids + count, entry.ids.begin());
        entry.count = static_cast<std::uint8_t>(count);
    }

  private:
    std::vector<Entry> entries_;
    int shift_ = 0;
};

} // namespace residuum

// Byte-pair merging within one piece of text.
#pragma once

#include "core/index.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace residuum {

/// One line of the merges: `left` and `right`, side by side, become `result`. Token ids.
struct Merge {
    std::int32_t left;
    std::int32_t right;
    std::int32_t result;
};

/// Immutable once made; may be used from several threads at once, each with its own Scratch.
class Bpe {
  public:
    /// Memory that is kept from piece to piece.
    struct Scratch {
        struct Candidate {
            std::uint32_t rank;
            std::uint32_t at;
        };
        std::vector<std::int32_t> ids;
        std::vector<std::uint32_t> previous;
        std::vector<std::uint32_t> next;
        std::vector<Candidate> heap;
    };

    static constexpr std::size_t complete = static_cast<std::size_t>(-1);

    /// merges: best first, no pair twice. byteTokens: the token of each single byte, -1 for none.
    Bpe(const std::vector<Merge>& merges, const std::array<std::int32_t, 256>& byteTokens);

    /// Appends the tokens of `piece` (less than 2^31 bytes) to `out`: again and again the pair of
    /// best rank, leftmost first, is merged. Returns `complete` or, with `out` unchanged, the
    /// offset of the first byte that has no token.
    std::size_t encode(std::string_view piece, Scratch& scratch, std::vector<TokenId>& out) const;

  private:
    static constexpr std::uint32_t noRank = 0xFFFFFFFF;

    struct Slot {
        std::int32_t left = -1;
        std::int32_t right = -1;
        std::uint32_t rank = noRank;
    };

    std::size_t slotOf(std::int32_t left, std::int32_t right) const;
    std::uint32_t rank(std::int32_t left, std::int32_t right) const;
    std::size_t mergeShort(std::int32_t* ids, std::size_t count) const;
    void mergeLong(Scratch& scratch) const;

    std::array<std::int32_t, 256> byteTokens_;
    std::vector<std::int32_t> results_; ///< by rank
    std::vector<Slot> slots_;           ///< open addressing, at most half full
    int shift_ = 0;
};

} // namespace residuum

#include "core/tokenizer/bpe.h"

#include <algorithm>
#include <bit>

namespace residuum {

namespace {

/// Bytes up to which scanning all pairs per merge beats a heap; words are nearly always shorter.
constexpr std::size_t shortPiece = 64;
constexpr std::uint32_t nobody = 0xFFFFFFFF;

using Candidate = Bpe::Scratch::Candidate;

/// Heap order: best rank on top and, of equal ones, the leftmost.
bool isWorse(const Candidate& a, const Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.at > b.at;
}

} // namespace

Bpe::Bpe(const std::vector<Merge>& merges, const std::array<std::int32_t, 256>& byteTokens)
    : byteTokens_(byteTokens) {
    const std::size_t size = std::bit_ceil(std::max<std::size_t>(2 * merges.size(), 16));
    slots_.resize(size);
    shift_ = 64 - std::countr_zero(size);
    results_.reserve(merges.size());
    for (const Merge& merge : merges) {
        Slot& slot = slots_[slotOf(merge.left, merge.right)];
        slot = {merge.left, merge.right, static_cast<std::uint32_t>(results_.size())};
        results_.push_back(merge.result);
    }
}

/// The slot that holds the pair or, where it is no merge, the free one where it would be put.
std::size_t Bpe::slotOf(std::int32_t left, std::int32_t right) const {
    const auto key = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) |
                     static_cast<std::uint32_t>(right);
    std::size_t at = (key * 0x9E3779B97F4A7C15U) >> shift_;
    while (slots_[at].left >= 0 && (slots_[at].left != left || slots_[at].right != right))
        at = (at + 1) & (slots_.size() - 1);
    return at;
}

std::uint32_t Bpe::rank(std::int32_t left, std::int32_t right) const {
    return slots_[slotOf(left, right)].rank;
}

std::size_t Bpe::encode(std::string_view piece, Scratch& scratch, std::vector<TokenId>& out) const {
    auto& ids = scratch.ids;
    ids.resize(piece.size());
    for (std::size_t i = 0; i < piece.size(); ++i) {
        ids[i] = byteTokens_[static_cast<unsigned char>(piece[i])];
        if (ids[i] < 0)
            return i;
    }
    std::size_t count = piece.size();
    if (count > shortPiece) {
        mergeLong(scratch);
        count = ids.size();
    } else if (count > 1) {
        count = mergeShort(ids.data(), count);
    }
    for (std::size_t i = 0; i < count; ++i)
        out.emplace_back(ids[i]);
    return complete;
}

/// Merges in place; returns the number of tokens left.
std::size_t Bpe::mergeShort(std::int32_t* ids, std::size_t count) const {
    std::array<std::uint32_t, shortPiece> ranks; // of the pair (i, i + 1)
    for (std::size_t i = 0; i + 1 < count; ++i)
        ranks[i] = rank(ids[i], ids[i + 1]);
    while (count > 1) {
        const auto lastPair = ranks.begin() + static_cast<std::ptrdiff_t>(count - 1);
        const auto best = std::min_element(ranks.begin(), lastPair);
        if (*best == noRank)
            break;
        const auto at = static_cast<std::size_t>(best - ranks.begin());
        ids[at] = results_[*best];
        std::copy(ids + at + 2, ids + count, ids + at + 1);
        std::copy(best + 1, lastPair, best);
        --count;
        if (at > 0)
            ranks[at - 1] = rank(ids[at - 1], ids[at]);
        if (at + 1 < count)
            ranks[at] = rank(ids[at], ids[at + 1]);
    }
    return count;
}

/// The same in O(n log n), for long unbroken strings: a linked list of tokens and a heap of pairs.
void Bpe::mergeLong(Scratch& scratch) const {
    auto& [ids, previous, next, heap] = scratch;
    const auto count = static_cast<std::uint32_t>(ids.size());
    previous.resize(count);
    next.resize(count);
    heap.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
        previous[i] = i == 0 ? nobody : i - 1;
        next[i] = i + 1 == count ? nobody : i + 1;
        const std::uint32_t pair = next[i] == nobody ? noRank : rank(ids[i], ids[i + 1]);
        if (pair != noRank)
            heap.push_back({pair, i});
    }
    std::make_heap(heap.begin(), heap.end(), isWorse);
    const auto propose = [&, &ids = ids, &next = next, &heap = heap](std::uint32_t at) {
        const std::uint32_t pair = rank(ids[at], ids[next[at]]);
        if (pair == noRank)
            return;
        heap.push_back({pair, at});
        std::push_heap(heap.begin(), heap.end(), isWorse);
    };
    while (!heap.empty()) {
        const Candidate best = heap.front();
        std::pop_heap(heap.begin(), heap.end(), isWorse);
        heap.pop_back();
        // A candidate is out of date once either of its tokens has been merged away.
        const std::uint32_t at = best.at;
        if (ids[at] < 0 || next[at] == nobody || rank(ids[at], ids[next[at]]) != best.rank)
            continue;
        const std::uint32_t gone = next[at];
        ids[at] = results_[best.rank];
        ids[gone] = -1;
        next[at] = next[gone];
        if (next[at] != nobody) {
            previous[next[at]] = at;
            propose(at);
        }
        if (previous[at] != nobody)
            propose(previous[at]);
    }
    std::erase_if(ids, [](std::int32_t id) { return id < 0; });
}

} // namespace residuum

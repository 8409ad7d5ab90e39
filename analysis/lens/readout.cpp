#include "analysis/lens/readout.h"

#include "analysis/lens/logit_kernel.h"
#include "core/model/doubles.h"
#include "core/model/products.h"
#include "core/model/row_index.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <type_traits>

namespace residuum {

namespace {

/// A tile's logits take two megabytes in float32, and reading W_U again for every block of rows
/// costs little beside a product of so many rows.
constexpr std::int64_t tileRows = 512, tileTokens = 1024;
/// Candidates that a block of rows holds for its best tokens.
constexpr std::int64_t mostCandidates = std::int64_t{1} << 21;
/// Numbers of a block of whole rows, where there are no tiles.
constexpr std::int64_t wholeRows = std::int64_t{1} << 25;

struct Candidate {
    double logit;
    std::int64_t token;

    /// Better: earlier among the best.
    friend bool operator<(const Candidate& a, const Candidate& b) {
        return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
    }
};

/// The best so many, the worst of them in front.
class Best {
  public:
    explicit Best(std::int64_t count) : count_(static_cast<std::size_t>(count)) {}

    /// What a logit must be above to be among them, of a token later than all there are.
    double bar() const {
        return list_.size() < count_ ? -std::numeric_limits<double>::infinity()
                                     : list_.front().logit;
    }
    void add(const Candidate& candidate) {
        if (list_.size() == count_) {
            if (!(candidate < list_.front()))
                return;
            std::pop_heap(list_.begin(), list_.end());
            list_.pop_back();
        }
        list_.push_back(candidate);
        std::push_heap(list_.begin(), list_.end());
    }
    const std::vector<Candidate>& list() const { return list_; }
    std::vector<Candidate> sorted() && {
        std::sort_heap(list_.begin(), list_.end());
        return std::move(list_);
    }

  private:
    std::size_t count_;
    std::vector<Candidate> list_;
};

/// A tracked token of a row. Its logit is only known once its tile is; that it lies from `low` to
/// `high` is known before, so that logits above can be counted at once and those between are kept
/// until then.
template <class Number>
struct Tracked {
    std::int64_t token = 0;
    Number low = 0, high = 0;
};
struct Found {
    std::int64_t above = 0;
    std::vector<double> between;
    double logit = 0.0;
};

/// What one thread has read of a block of rows, and at last what all have.
template <class Number>
struct Tally {
    std::vector<Best> best;   ///< per row
    std::vector<Found> found; ///< [track · rows + row]
    std::vector<double> farthest;
    std::vector<Number> room{}; ///< of a tile's row
};

template <class Number>
class Block {
  public:
    /// norm: [n, d] of Number on the CPU; tracked: of these rows alone, likewise own.
    Block(const at::Tensor& rows, const at::Tensor& norm, std::vector<std::int64_t> tracked,
          std::int64_t top, const at::Tensor& own)
        : W_(rows), norm_(norm), own_(own), count_(norm.size(0)), vocabulary_(rows.size(0)),
          top_(top), tracked_(bounds(tracked)), sums_(static_cast<std::size_t>(tiles() * count_)),
          all_(emptyTally()) {}

    void read() {
        at::parallel_for(0, tiles(), 1, [&](std::int64_t first, std::int64_t last) {
            const at::NoGradGuard noGrad; // worker threads have none of the caller's
            auto tally = emptyTally();
            tally.room.resize(static_cast<std::size_t>(tileTokens));
            auto room = at::empty({count_, std::min(tileTokens, vocabulary_)}, norm_.options());
            for (auto tile = first; tile < last; ++tile)
                readTile(tile, room, tally);
            const std::lock_guard lock(mutex_);
            merge(tally);
        });
    }

    /// Adds to what all rows have; `first`: of these rows among them.
    void store(Readout& readout, std::int64_t first, std::int64_t allRows) {
        const auto at = [&](std::int64_t leading, std::int64_t row) {
            return static_cast<std::size_t>(leading * allRows + first + row);
        };
        const auto tracks = static_cast<std::int64_t>(tracked_.size()) / count_;
        for (std::int64_t row = 0; row < count_; ++row) {
            storeSums(readout, row, at(0, row));
            for (std::int64_t k = 0; k < tracks; ++k) {
                const auto& found = all_.found[static_cast<std::size_t>(k * count_ + row)];
                readout.logit[at(k, row)] = found.logit;
                readout.rank[at(k, row)] = static_cast<double>(
                    found.above + std::count_if(found.between.begin(), found.between.end(),
                                                [&](double x) { return x > found.logit; }));
            }
            const auto best = std::move(all_.best[static_cast<std::size_t>(row)]).sorted();
            for (std::int64_t k = 0; k < top_ && k < static_cast<std::int64_t>(best.size()); ++k) {
                readout.top[at(k, row)] = TokenId(best[static_cast<std::size_t>(k)].token);
                readout.topLogit[at(k, row)] = best[static_cast<std::size_t>(k)].logit;
            }
            if (own_.defined())
                readout.farthest[at(0, row)] = all_.farthest[static_cast<std::size_t>(row)];
        }
    }

  private:
    std::int64_t tiles() const { return (vocabulary_ + tileTokens - 1) / tileTokens; }
    Tally<Number> emptyTally() const {
        return {std::vector<Best>(static_cast<std::size_t>(count_), Best(top_)),
                std::vector<Found>(tracked_.size()),
                std::vector<double>(static_cast<std::size_t>(count_), 0.0)};
    }

    /// However a sum of d products is rounded, it is no farther from the true one than d units of
    /// rounding of Σ |x w|; in float64 what it is compared with is as far off as the tile's.
    std::vector<Tracked<Number>> bounds(const std::vector<std::int64_t>& tracked) const {
        std::vector<Tracked<Number>> list(tracked.size());
        const auto x = norm_.to(at::kDouble);
        constexpr double ways = std::is_same_v<Number, double> ? 1.0 : 0.5;
        const double share = (ways * static_cast<double>(norm_.size(1)) + 8.0) *
                             static_cast<double>(std::numeric_limits<Number>::epsilon());
        for (std::size_t from = 0; from < tracked.size();
             from += static_cast<std::size_t>(count_)) {
            const std::vector<std::int64_t> ids(tracked.begin() + static_cast<std::ptrdiff_t>(from),
                                                tracked.begin() +
                                                    static_cast<std::ptrdiff_t>(from) + count_);
            const auto products = x * W_.index_select(0, rowIndex(ids, W_)).to(at::kDouble);
            const auto logit = products.sum(1).contiguous();
            const auto margin = (products.abs().sum(1) * share).contiguous();
            for (std::size_t row = 0; row < ids.size(); ++row) {
                const double t = logit.template data_ptr<double>()[row],
                             off = margin.template data_ptr<double>()[row];
                list[from + row] = {ids[row], static_cast<Number>(t - off),
                                    static_cast<Number>(t + off)};
            }
        }
        return list;
    }

    void readTile(std::int64_t tile, at::Tensor& room, Tally<Number>& tally) {
        const auto first = tile * tileTokens;
        const auto tokens = std::min(tileTokens, vocabulary_ - first);
        auto logits = tokens == room.size(1) ? room : at::empty({count_, tokens}, room.options());
        at::mm_out(logits, norm_, W_.narrow(0, first, tokens).to(norm_.scalar_type()).t());
        for (std::int64_t row = 0; row < count_; ++row)
            readRow(row, logits.template data_ptr<Number>() + row * tokens, first, tokens,
                    sums_[static_cast<std::size_t>(tile * count_ + row)], tally);
        if (own_.defined())
            compare(logits, own_.narrow(1, first, tokens), tally);
    }

    void readRow(std::int64_t row, const Number* logits, std::int64_t first, std::int64_t tokens,
                 LogitSums& sums, Tally<Number>& tally) const {
        sums = kernel_.sums(logits, tokens);
        auto& best = tally.best[static_cast<std::size_t>(row)];
        if (top_ > 0 && sums.largest > best.bar())
            for (std::int64_t i = 0; i < tokens; ++i)
                if (logits[i] > best.bar())
                    best.add({static_cast<double>(logits[i]), first + i});
        for (auto place = static_cast<std::size_t>(row); place < tracked_.size();
             place += static_cast<std::size_t>(count_))
            count(tracked_[place], logits, first, tokens, sums.largest, tally.room,
                  tally.found[place]);
    }

    void count(const Tracked<Number>& tracked, const Number* logits, std::int64_t first,
               std::int64_t tokens, double largest, std::vector<Number>& room, Found& found) const {
        if (tracked.token >= first && tracked.token < first + tokens)
            found.logit = static_cast<double>(logits[tracked.token - first]);
        if (largest < static_cast<double>(tracked.low))
            return;
        const auto counts = kernel_.counts(logits, tokens, tracked.low, tracked.high, room.data());
        found.above += counts.above;
        found.between.insert(found.between.end(), room.begin(), room.begin() + counts.between);
    }

    static void compare(const at::Tensor& logits, const at::Tensor& own, Tally<Number>& tally) {
        const auto most = doublesOnCpu(at::amax(at::abs(logits - own), {1})).contiguous();
        for (std::size_t row = 0; row < tally.farthest.size(); ++row)
            tally.farthest[row] =
                std::max(tally.farthest[row], most.template data_ptr<double>()[row]);
    }

    void merge(const Tally<Number>& tally) {
        for (std::size_t row = 0; row < tally.best.size(); ++row) {
            for (const auto& candidate : tally.best[row].list())
                all_.best[row].add(candidate);
            all_.farthest[row] = std::max(all_.farthest[row], tally.farthest[row]);
        }
        for (std::size_t i = 0; i < tally.found.size(); ++i) {
            auto& found = all_.found[i];
            found.above += tally.found[i].above;
            found.between.insert(found.between.end(), tally.found[i].between.begin(),
                                 tally.found[i].between.end());
            found.logit += tally.found[i].logit; // one thread has it, of the others it is 0
        }
    }

    /// From the tiles' sums, in their order.
    void storeSums(Readout& readout, std::int64_t row, std::size_t place) const {
        const auto of = [&](std::int64_t tile) -> const LogitSums& {
            return sums_[static_cast<std::size_t>(tile * count_ + row)];
        };
        double largest = of(0).largest;
        for (std::int64_t tile = 1; tile < tiles(); ++tile)
            largest = std::max(largest, of(tile).largest);
        double sum = 0.0, weighted = 0.0;
        for (std::int64_t tile = 0; tile < tiles(); ++tile) {
            const auto& part = of(tile);
            const double below = part.largest - largest, share = std::exp(below);
            sum += share * part.sum;
            weighted += share * (part.weighted + below * part.sum);
        }
        readout.normaliser[place] = largest + std::log(sum);
        readout.entropy[place] = std::log(sum) - weighted / sum;
    }

    const at::Tensor& W_;
    const at::Tensor norm_;
    const at::Tensor own_;
    const std::int64_t count_, vocabulary_, top_;
    const LogitKernel<Number> kernel_ = logitKernel<Number>();
    std::vector<Tracked<Number>> tracked_; ///< [track · rows + row]
    std::vector<LogitSums> sums_;          ///< [tile · rows + row]
    std::mutex mutex_;
    Tally<Number> all_;
};

Readout roomFor(std::int64_t n, const ReadoutWish& wish) {
    const auto rows = static_cast<std::size_t>(n), top = static_cast<std::size_t>(wish.top);
    Readout readout;
    readout.normaliser.resize(rows);
    readout.entropy.resize(rows);
    readout.logit.resize(wish.tracked.size());
    readout.rank.resize(wish.tracked.size());
    readout.top.resize(top * rows);
    readout.topLogit.resize(top * rows);
    readout.farthest.resize(wish.own.defined() ? rows : 0);
    return readout;
}

/// Of `all` [track · n + row] those of rows [first, first + count).
std::vector<std::int64_t> partOf(const std::vector<std::int64_t>& all, std::int64_t n,
                                 std::int64_t first, std::int64_t count) {
    std::vector<std::int64_t> part;
    for (auto begin = all.begin(); begin != all.end(); begin += n)
        part.insert(part.end(), begin + first, begin + first + count);
    return part;
}

template <class Number>
void readTiles(const Weights& weights, const at::Tensor& norm, const ReadoutWish& wish,
               Readout& readout, Progress& progress) {
    const auto n = norm.size(0);
    const auto step =
        std::clamp<std::int64_t>(mostCandidates / std::max<std::int64_t>(1, wish.top), 1, tileRows);
    for (std::int64_t first = 0; first < n; first += step) {
        progress.check();
        const auto count = std::min(step, n - first);
        Block<Number> block(weights.W_U_rows, norm.narrow(0, first, count).contiguous(),
                            partOf(wish.tracked, n, first, count), wish.top,
                            wish.own.defined() ? inAtLeastFloat(wish.own.narrow(0, first, count))
                                               : at::Tensor());
        block.read();
        block.store(readout, first, n);
        progress.advance(count);
    }
}

/// Into `place` of `to`, of numbers [n].
void copyRows(const at::Tensor& numbers, std::vector<double>& to, std::int64_t place) {
    const auto dense = doublesOnCpu(numbers).contiguous();
    std::copy_n(dense.data_ptr<double>(), dense.numel(), to.begin() + place);
}

} // namespace

Readout readByTensors(const Weights& weights, const at::Tensor& norm, const ReadoutWish& wish,
                      Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto n = norm.size(0), vocabulary = weights.W_U_rows.size(0);
    auto readout = roomFor(n, wish);
    const auto tracks = static_cast<std::int64_t>(wish.tracked.size()) / n;
    const auto step = std::max<std::int64_t>(1, wholeRows / vocabulary);
    for (std::int64_t first = 0; first < n; first += step) {
        progress.check();
        const auto count = std::min(step, n - first);
        const auto logits =
            inAtLeastFloat(applyWeights(norm.narrow(0, first, count), weights.W_U_rows.t()));
        const auto normaliser = at::logsumexp(logits, {1}, /*keepdim=*/true);
        const auto logProb = logits - normaliser;
        copyRows(normaliser, readout.normaliser, first);
        copyRows(-(at::exp(logProb) * logProb).sum(1), readout.entropy, first);
        for (std::int64_t k = 0; k < tracks; ++k) {
            const auto ids = partOf(wish.tracked, n, first, count);
            const auto of =
                rowIndex({ids.begin() + k * count, ids.begin() + (k + 1) * count}, logits);
            const auto tracked = logits.gather(1, of.unsqueeze(1));
            copyRows(tracked, readout.logit, k * n + first);
            copyRows((logits > tracked).sum(1), readout.rank, k * n + first);
        }
        // Equal ones by their ids, whatever the device's order of them is.
        const auto [order, ids] = at::sort(logits, /*stable=*/true, /*dim=*/1, /*descending=*/true);
        const auto token = ids.narrow(1, 0, wish.top).cpu();
        for (std::int64_t k = 0; k < wish.top; ++k) {
            copyRows(order.select(1, k), readout.topLogit, k * n + first);
            for (std::int64_t row = 0; row < count; ++row)
                readout.top[static_cast<std::size_t>(k * n + first + row)] =
                    TokenId(token[row][k].item<std::int64_t>());
        }
        if (wish.own.defined())
            copyRows(at::amax(at::abs(logits - wish.own.narrow(0, first, count)), {1}),
                     readout.farthest, first);
        progress.advance(count);
    }
    return readout;
}

Readout readVocabulary(const Weights& weights, const at::Tensor& norm, const ReadoutWish& wish,
                       Progress& progress) {
    if (!weights.W_U_rows.device().is_cpu())
        return readByTensors(weights, norm, wish, progress);
    const at::NoGradGuard noGrad;
    auto readout = roomFor(norm.size(0), wish);
    const auto rows = inAtLeastFloat(norm);
    if (rows.scalar_type() == at::kDouble)
        readTiles<double>(weights, rows, wish, readout, progress);
    else
        readTiles<float>(weights, rows, wish, readout, progress);
    return readout;
}

} // namespace residuum

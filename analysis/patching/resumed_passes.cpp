#include "analysis/patching/resumed_passes.h"

#include "core/model/activation.h"
#include "core/model/block.h"
#include "core/model/keys_values.h"
#include "core/model/norm.h"
#include "core/model/row_index.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

/// Positions [first, first + count) of one run.
struct Range {
    std::int64_t first = 0, count = 0;

    bool contains(std::int64_t p) const { return p >= first && p < first + count; }
};

bool entersAttention(EntryPoint point) {
    return point == EntryPoint::Queries || point == EntryPoint::Keys || point == EntryPoint::Values;
}

/// Which positions a patch changes, block by block: what both the passes and their cost follow.
struct Reach {
    int n_layers;
    std::int64_t length;

    bool isLast(int layer) const { return layer == n_layers - 1; }
    Range end() const { return {length - 1, 1}; }
    /// Of what attention writes, given where its inputs differ.
    Range afterAttention(int layer, Range in, bool queriesOnly) const {
        if (isLast(layer))
            return end();
        return queriesOnly ? in : Range{in.first, length - in.first};
    }
};

/// A run on its way through the blocks.
struct Run {
    std::int64_t pair;
    Range resid; ///< where the residual stream entering the block differs; count 0: nowhere
    Range keys;  ///< where keys, values or queries differ
    bool queriesOnly = false;
    Range out; ///< where the block's output differs
};

class ResumedBatch {
  public:
    ResumedBatch(const Weights& weights, const ModelRun& base, std::span<const Injection> batch,
                 const InjectedRows& rows, const Progress& progress)
        : weights_(weights), base_(base), batch_(batch), rows_(rows), progress_(progress),
          length_(base.residFinal.size(1)),
          d_(base.residFinal.size(2)), reach_{weights.config.n_layers, length_} {}

    at::Tensor run() {
        for (int layer = batch_.front().layer; layer < weights_.config.n_layers; ++layer)
            block(layer);
        joinStream(weights_.config.n_layers);
        return stream_;
    }

  private:
    const LayerRun& base(int layer) const { return base_.layers[static_cast<std::size_t>(layer)]; }
    const BlockWeights& weights(int layer) const {
        return weights_.blocks[static_cast<std::size_t>(layer)];
    }

    /// The injections that enter next, if at this point and layer; they leave the queue.
    std::span<const Injection> take(EntryPoint point, int layer) {
        const auto begin = next_;
        while (next_ < batch_.size() && batch_[next_].point == point &&
               batch_[next_].layer == layer)
            ++next_;
        return batch_.subspan(begin, next_ - begin);
    }

    static at::Tensor stack(const at::Tensor& above, const at::Tensor& below) {
        return above.defined() ? at::cat({above, below}) : below;
    }

    Run& add(const Injection& injection) {
        runs_.push_back({injection.pair, {}, {}, false, {}});
        return runs_.back();
    }

    void joinStream(int layer) {
        const auto entering = take(EntryPoint::Resid, layer);
        if (entering.empty())
            return;
        stream_ = stack(stream_, rows_(entering));
        for (const auto& injection : entering)
            add(injection).resid = {injection.first, injection.count};
    }

    void block(int layer) {
        joinStream(layer);
        if (!runs_.empty() || nextIs(layer))
            advance(layer);
    }
    bool nextIs(int layer) const { return next_ < batch_.size() && batch_[next_].layer == layer; }

    void advance(int layer) {
        for (auto& run : runs_) {
            run.keys = run.resid;
            run.queriesOnly = false;
        }
        projectRows(layer);
        auto mid = attention(layer);
        const auto late = take(EntryPoint::ResidMid, layer);
        if (!late.empty()) {
            mid = stack(mid, rows_(late));
            addLate(late);
        }
        progress_.check();
        stream_ = mid + mlp(mid, layer);
        for (auto& run : runs_)
            run.resid = run.out;
        progress_.check();
    }

    void addLate(std::span<const Injection> late) {
        for (const auto& injection : late)
            add(injection).out = {injection.first, injection.count};
    }

    /// Queries, keys and values of the changed rows; injected ones join.
    void projectRows(int layer) {
        const auto& block = weights(layer);
        q_ = k_ = v_ = at::Tensor();
        if (stream_.defined()) {
            const auto input = normalizeForAttention(stream_, block);
            const bool last = reach_.isLast(layer);
            auto thirds = projectFrom(input, block, last ? Third::Keys : Third::Queries);
            q_ = last ? lastQueries(input, block) : thirds[0];
            k_ = thirds[1];
            v_ = thirds[2];
        }
        for (const auto point : {EntryPoint::Queries, EntryPoint::Keys, EntryPoint::Values})
            joinAttention(point, layer);
        progress_.check();
    }

    /// In the last block only the last position asks; rows in between stay undefined there.
    at::Tensor lastQueries(const AttentionInput& input, const BlockWeights& block) const {
        std::vector<std::int64_t> rows;
        std::int64_t row = 0;
        for (const auto& run : runs_) {
            if (run.resid.contains(length_ - 1))
                rows.push_back(row + length_ - 1 - run.resid.first);
            row += run.resid.count;
        }
        auto q = at::zeros(input.qk.sizes(), input.qk.options());
        if (!rows.empty()) {
            const auto index = rowIndex(rows, input.qk);
            const AttentionInput asked{input.qk.index_select(0, index), {}, false};
            q.index_copy_(0, index, project(asked, block, Third::Queries));
        }
        return q;
    }

    void joinAttention(EntryPoint point, int layer) {
        const auto entering = take(point, layer);
        if (entering.empty())
            return;
        std::vector<std::int64_t> places;
        for (const auto& injection : entering) {
            for (std::int64_t i = 0; i < injection.count; ++i)
                places.push_back(injection.pair * length_ + injection.first + i);
            auto& run = add(injection);
            run.keys = {injection.first, injection.count};
            run.queriesOnly = point == EntryPoint::Queries;
        }
        const auto values = rows_(entering);
        const auto index = rowIndex(places, values);
        const auto joined = [&](const at::Tensor& so, EntryPoint which, const at::Tensor& all) {
            return stack(so, which == point ? values : flat(all).index_select(0, index));
        };
        q_ = joined(q_, EntryPoint::Queries, base(layer).q);
        k_ = joined(k_, EntryPoint::Keys, base(layer).k);
        v_ = joined(v_, EntryPoint::Values, base(layer).v);
    }

    /// [B, T, …] as rows [B·T, d].
    at::Tensor flat(const at::Tensor& t) const { return t.reshape({t.size(0) * t.size(1), d_}); }

    /// Base rows at the runs' `out` ranges, with `changed` (rows of the runs' `from` ranges, run by
    /// run) where a run has them.
    at::Tensor gather(const at::Tensor& baseRows, const at::Tensor& changed, std::size_t count,
                      Range Run::*from) const {
        std::vector<std::int64_t> places, targets, sources;
        std::int64_t changedRow = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const auto& run = runs_[i];
            const auto& range = run.*from;
            for (std::int64_t j = 0; j < run.out.count; ++j) {
                const auto p = run.out.first + j;
                if (range.contains(p)) {
                    targets.push_back(static_cast<std::int64_t>(places.size()));
                    sources.push_back(changedRow + p - range.first);
                }
                places.push_back(run.pair * length_ + p);
            }
            changedRow += range.count;
        }
        auto rows = flat(baseRows).index_select(0, rowIndex(places, baseRows));
        if (!targets.empty())
            rows.index_copy_(0, rowIndex(targets, rows),
                             changed.index_select(0, rowIndex(sources, rows)));
        return rows;
    }

    /// resid_mid at the rows that can differ after attention.
    at::Tensor attention(int layer) {
        at::Tensor z;
        const auto attending = runs_.size();
        if (attending > 0) {
            for (auto& run : runs_)
                run.out = reach_.afterAttention(layer, run.keys, run.queriesOnly);
            z = mixHeads(layer);
        }
        const auto entering = take(EntryPoint::Z, layer);
        if (!entering.empty()) {
            z = stack(z, rows_(entering));
            addLate(entering);
        }
        if (!z.defined())
            return {};
        progress_.check();
        // Runs that enter the block's attention or z carry no changed stream of their own.
        return gather(base(layer).residPre, stream_, runs_.size(), &Run::resid) +
               attentionOut(z, weights(layer));
    }

    at::Tensor mixHeads(int layer) const {
        std::vector<AttendingRun> attending;
        std::int64_t row = 0, queryRow = 0;
        for (const auto& run : runs_) {
            attending.push_back({run.pair, run.keys.first, run.keys.count, row, run.out.first,
                                 run.out.count, queryRow});
            row += run.keys.count;
            queryRow += run.out.count;
        }
        const auto& kept = base(layer);
        return attend({kept.k, kept.v, k_.unflatten(1, kept.k.sizes().slice(2)),
                       v_.unflatten(1, kept.v.sizes().slice(2))},
                      gather(kept.q, q_, runs_.size(), &Run::keys), attending,
                      weights(layer).scoreScale);
    }

    at::Tensor mlp(const at::Tensor& mid, int layer) const {
        const auto& block = weights(layer);
        const auto pre = mlpPre(normalize(mid, block.ln2), block);
        progress_.check();
        return mlpOut(activate(pre, weights_.config.activation), block);
    }

    const Weights& weights_;
    const ModelRun& base_;
    std::span<const Injection> batch_;
    const InjectedRows& rows_;
    const Progress& progress_;
    std::int64_t length_, d_;
    Reach reach_;
    std::size_t next_ = 0;
    std::vector<Run> runs_;
    at::Tensor stream_;    ///< rows of the runs' `resid` ranges, run by run
    at::Tensor q_, k_, v_; ///< rows of the runs' `keys` ranges, run by run
};

} // namespace

std::optional<Injection> reaching(Injection injection, int n_layers, std::int64_t length) {
    const bool spreads = injection.point == EntryPoint::Resid ||
                         injection.point == EntryPoint::Keys ||
                         injection.point == EntryPoint::Values;
    const int last = n_layers - 1;
    if (injection.layer < last || (injection.layer == last && spreads))
        return injection;
    if (!Range{injection.first, injection.count}.contains(length - 1))
        return std::nullopt;
    injection.first = length - 1;
    injection.count = 1;
    return injection;
}

double flopOf(const Injection& injection, const ModelConfig& config, std::int64_t length) {
    const Reach reach{config.n_layers, length};
    const double square = 2.0 * config.d_model * config.d_model;
    const double mlp = 4.0 * config.d_model * config.d_mlp;
    double flop = 0.0;
    Range in{injection.first, injection.count};
    for (int layer = injection.layer; layer < config.n_layers; ++layer) {
        const auto point = layer == injection.layer ? injection.point : EntryPoint::Resid;
        auto out = in;
        if (point == EntryPoint::Resid || entersAttention(point)) {
            out = reach.afterAttention(layer, in, point == EntryPoint::Queries);
            if (point == EntryPoint::Resid)
                flop += square * (reach.isLast(layer) ? 2.0 * static_cast<double>(in.count) +
                                                            (in.contains(length - 1) ? 1.0 : 0.0)
                                                      : 3.0 * static_cast<double>(in.count));
        }
        const auto rows = static_cast<double>(out.count);
        if (point != EntryPoint::ResidMid)
            flop += rows * square;
        flop += rows * mlp;
        in = out;
    }
    return flop;
}

std::int64_t rowsOf(const Injection& injection, int n_layers, std::int64_t length) {
    return injection.layer >= n_layers ? 1 : length - injection.first;
}

std::int64_t batchBytesPerRow(const Weights& weights) {
    // Two of d_mlp (pre and post) and ten of d_model (stream, norm, q, k, v, queries, z, attention,
    // middle, MLP) stand at once, and allocators keep a quarter more.
    const auto& config = weights.config;
    return (10 * std::int64_t{config.d_model} + 2 * std::int64_t{config.d_mlp}) *
           static_cast<std::int64_t>(weights.W_pos.element_size()) * 5 / 4;
}

at::Tensor resume(const Weights& weights, const ModelRun& base, std::span<const Injection> batch,
                  const InjectedRows& rows, const Progress& progress) {
    const at::NoGradGuard noGrad;
    return ResumedBatch(weights, base, batch, rows, progress).run();
}

} // namespace residuum

#include "analysis/patching/circuit_runs.h"

#include "analysis/patching/edges.h"
#include "analysis/patching/patch_division.h"
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

struct CircuitRun {
    const Circuit* circuit = nullptr;
    std::int64_t pair = 0;
    Eigen::Index column = 0; ///< of the circuit
};

/// Runs of one batch at positions from `first` on: before it both prompts are the same, so that
/// nothing differs there. R = runs, S = senders, P = positions, A = runs that a block's part acts
/// in.
class CircuitPass {
  public:
    CircuitPass(const Weights& weights, const CleanAndCorrupt& runs,
                std::span<const CircuitRun> batch, std::int64_t first, const Progress& progress)
        : weights_(weights), config_(weights.config), runs_(runs), batch_(batch), first_(first),
          positions_(runs.corrupt.residFinal.size(1) - first), d_(runs.corrupt.residFinal.size(2)),
          progress_(progress) {
        const std::int64_t senders = 1 + std::int64_t{config_.n_layers} * (config_.n_heads + 1);
        changes_ = at::zeros({std::ssize(batch), senders, positions_, d_},
                             runs.corrupt.residFinal.options());
    }

    /// What ln_f reads at the last position, [R, d].
    at::Tensor run() {
        const auto everyone = acting(std::int64_t{config_.n_layers} * perLayer(), 1);
        changes_.select(1, 0).copy_(ofPairs(everyone, runs_.clean.layers.front().residPre, 0) -
                                    ofPairs(everyone, runs_.corrupt.layers.front().residPre, 0));
        for (int layer = 0; layer < config_.n_layers; ++layer) {
            // The last block is looked at where it ends.
            const auto from = layer == config_.n_layers - 1 ? positions_ - 1 : 0;
            heads(layer, from);
            mlp(layer, from);
        }
        const Reading reading{everyone, seen(everyone, changes_.size(1))};
        return inputs(reading, std::int64_t{config_.n_layers} * perLayer(), 1, 1,
                      runs_.corrupt.residFinal, positions_ - 1)
            .reshape({-1, d_});
    }

  private:
    std::int64_t perLayer() const { return 3 * config_.n_heads + 1; }
    const LayerRun& corrupt(int layer) const {
        return runs_.corrupt.layers[static_cast<std::size_t>(layer)];
    }
    const BlockWeights& block(int layer) const {
        return weights_.blocks[static_cast<std::size_t>(layer)];
    }

    /// The runs in which one of the receivers [receiver, receiver + count) reads what differs.
    std::vector<std::int64_t> acting(std::int64_t receiver, std::int64_t count) const {
        std::vector<std::int64_t> list;
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            const auto begin = batch_[i].circuit->senders.begin() + receiver;
            if (std::any_of(begin, begin + count, [](const auto& of) { return !of.empty(); }))
                list.push_back(static_cast<std::int64_t>(i));
        }
        return list;
    }

    struct Reading {
        const std::vector<std::int64_t>& runs;
        at::Tensor changes; ///< [A, S before, P, d]
    };
    at::Tensor seen(const std::vector<std::int64_t>& runs, std::int64_t senders) const {
        const auto before = changes_.narrow(1, 0, senders);
        return std::ssize(runs) == before.size(0)
                   ? before
                   : before.index_select(0, rowIndex(runs, changes_));
    }

    /// [B, T, …] of the corrupted run, as the runs have it from `from` on: [A, P - from, …].
    at::Tensor ofPairs(const std::vector<std::int64_t>& runs, const at::Tensor& t,
                       std::int64_t from) const {
        std::vector<std::int64_t> pairs;
        for (const auto run : runs)
            pairs.push_back(batch_[static_cast<std::size_t>(run)].pair);
        return t.narrow(1, first_ + from, positions_ - from)
            .index_select(0, rowIndex(pairs, changes_));
    }

    /// What the receivers receiver, receiver + step, … read. [A, count, P - from, d]
    at::Tensor inputs(const Reading& reading, std::int64_t receiver, std::int64_t count,
                      std::int64_t step, const at::Tensor& background, std::int64_t from) const {
        const auto runs = std::ssize(reading.runs), senders = reading.changes.size(1);
        auto mask = at::zeros({runs, count, senders}, at::TensorOptions().dtype(at::kFloat));
        auto* cells = mask.data_ptr<float>();
        for (std::int64_t i = 0; i < runs; ++i)
            for (std::int64_t n = 0; n < count; ++n)
                for (const auto sender :
                     batch_[static_cast<std::size_t>(reading.runs[static_cast<std::size_t>(i)])]
                         .circuit->senders[static_cast<std::size_t>(receiver + n * step)])
                    cells[(i * count + n) * senders + sender] = 1.0F;
        const auto changes = reading.changes.narrow(2, from, positions_ - from).flatten(2);
        const auto read = at::bmm(mask.to(changes.device(), changes.scalar_type()), changes);
        return read.view({runs, count, positions_ - from, d_}) +
               ofPairs(reading.runs, background, from).unsqueeze(1);
    }

    void write(const std::vector<std::int64_t>& runs, std::int64_t sender, std::int64_t from,
               const at::Tensor& changes) {
        changes_.narrow(1, sender, changes.size(1))
            .narrow(2, from, positions_ - from)
            .index_copy_(0, rowIndex(runs, changes_), changes);
        progress_.check();
    }

    /// One third of every head, each of its own input. [A, P - from, H, D]
    at::Tensor project(const Reading& reading, int layer, Third third, std::int64_t from) const {
        const std::int64_t H = config_.n_heads, D = config_.d_head;
        const auto& weights = block(layer);
        const auto begin = static_cast<std::int64_t>(third);
        const auto x = normalize(
            inputs(reading, layer * perLayer() + begin, H, 3, corrupt(layer).residPre, from),
            third == Third::Values ? weights.ln1_v : weights.ln1_qk);
        const auto rows = x.transpose(0, 1).reshape({H, -1, d_});
        const auto W = weights.W_QKV.narrow(1, begin * d_, d_).view({d_, H, D}).transpose(0, 1);
        const auto b = weights.b_QKV.narrow(0, begin * d_, d_).view({H, 1, D});
        progress_.check();
        return at::baddbmm(b, rows, W)
            .view({H, x.size(0), x.size(2), D})
            .permute({1, 2, 0, 3})
            .contiguous();
    }

    void heads(int layer, std::int64_t from) {
        const std::int64_t H = config_.n_heads;
        const auto runs = acting(layer * perLayer(), 3 * H);
        if (runs.empty())
            return;
        const Reading reading{runs, seen(runs, 1 + layer * (H + 1))};
        const auto q = project(reading, layer, Third::Queries, from);
        const auto k = project(reading, layer, Third::Keys, 0),
                   v = project(reading, layer, Third::Values, 0);
        std::vector<AttendingRun> attending;
        for (std::int64_t i = 0; i < std::ssize(runs); ++i)
            attending.push_back(
                {batch_[static_cast<std::size_t>(runs[static_cast<std::size_t>(i)])].pair, first_,
                 positions_, i * positions_, first_ + from, positions_ - from,
                 i * (positions_ - from)});
        const auto z =
            attend({corrupt(layer).k, corrupt(layer).v, k.flatten(0, 1), v.flatten(0, 1)},
                   q.reshape({-1, d_}), attending, block(layer).scoreScale)
                .view(q.sizes());
        progress_.check();
        write(runs, 1 + layer * (H + 1), from,
              throughEachHead(z - ofPairs(runs, corrupt(layer).z, from), block(layer).W_O));
    }

    void mlp(int layer, std::int64_t from) {
        const std::int64_t H = config_.n_heads;
        const auto receiver = layer * perLayer() + 3 * H, sender = 1 + layer * (H + 1) + H;
        const auto runs = acting(receiver, 1);
        if (runs.empty())
            return;
        const auto x =
            inputs({runs, seen(runs, sender)}, receiver, 1, 1, corrupt(layer).residMid, from);
        const auto& weights = block(layer);
        const auto pre = mlpPre(normalize(x, weights.ln2), weights);
        progress_.check();
        write(runs, sender, from,
              mlpOut(activate(pre, config_.activation), weights) -
                  ofPairs(runs, corrupt(layer).mlpOut, from).unsqueeze(1));
    }

    const Weights& weights_;
    const ModelConfig& config_;
    const CleanAndCorrupt& runs_;
    std::span<const CircuitRun> batch_;
    std::int64_t first_, positions_, d_;
    const Progress& progress_;
    at::Tensor changes_; ///< [R, S, P, d], what senders write differently than in the corrupted run
};

} // namespace

Table runCircuits(const PatchGroup& group, const CleanAndCorrupt& runs,
                  std::span<const Circuit> circuits, std::int64_t bytes, std::int64_t batchRows,
                  Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto pairs = static_cast<Eigen::Index>(group.baseMetric.size());
    const auto length = runs.corrupt.residFinal.size(1);
    Table metric(pairs, static_cast<Eigen::Index>(circuits.size()));
    std::vector<CircuitRun> all;
    for (std::size_t circuit = 0; circuit < circuits.size(); ++circuit)
        for (Eigen::Index pair = 0; pair < pairs; ++pair) {
            const auto column = static_cast<Eigen::Index>(circuit);
            metric(pair, column) = runs.corruptMetric[static_cast<std::size_t>(pair)];
            if (!circuits[circuit].empty())
                all.push_back({&circuits[circuit], pair, column});
        }
    const auto first = *std::min_element(group.firstDifferent.begin(), group.firstDifferent.end());
    const auto positions = length - first;
    const auto each = std::clamp<std::int64_t>(
        std::min(bytes / circuitRunBytes(group.weights, positions), batchRows / positions), 1,
        std::max<std::int64_t>(std::ssize(all), 1));
    for (std::size_t begin = 0; begin < all.size(); begin += static_cast<std::size_t>(each)) {
        const auto batch = std::span(all).subspan(
            begin, std::min(static_cast<std::size_t>(each), all.size() - begin));
        const auto final = CircuitPass(group.weights, runs, batch, first, progress).run();
        std::vector<std::int64_t> of;
        for (const auto& run : batch)
            of.push_back(run.pair);
        const auto values = group.metric.of(final, of);
        for (std::size_t i = 0; i < batch.size(); ++i)
            metric(batch[i].pair, batch[i].column) = values[i];
        progress.advance(static_cast<std::int64_t>(
            passFlop(group.weights.config, static_cast<double>(positions * std::ssize(batch))) /
            flopPerStep));
    }
    return metric;
}

std::int64_t circuitRunBytes(const Weights& weights, std::int64_t positions) {
    const auto& config = weights.config;
    const std::int64_t senders = 1 + std::int64_t{config.n_layers} * (config.n_heads + 1);
    // What senders change by, twice where not all runs act; four inputs of every head; an MLP's.
    return positions *
           ((2 * senders + 4 * std::int64_t{config.n_heads} + 8) * config.d_model +
            2 * config.d_mlp) *
           static_cast<std::int64_t>(weights.W_pos.element_size());
}

} // namespace residuum

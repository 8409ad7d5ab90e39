#include "analysis/patching/exact_patching.h"

#include "analysis/patching/exact_choice.h"
#include "analysis/patching/patch_division.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <numeric>
#include <tuple>

namespace residuum {

namespace {

class Sweeps {
  public:
    Sweeps(const PatchGroup& group, const InjectedRows& rows, std::int64_t batchRows,
           Progress& progress)
        : group_(group), rows_(rows), batchRows_(batchRows), progress_(progress),
          length_(group.runs.base.residFinal.size(1)) {}

    /// `done(batch, effects)` after every batch.
    template <class Done>
    void run(std::vector<Injection> injections, const std::vector<SiteCell>& cells,
             const Done& done) {
        const auto place = [&](const Injection& injection) {
            const auto& cell = cells[injection.patch];
            return std::tuple(injection.layer, injection.point, static_cast<int>(cell.site),
                              injection.pair, cell.index);
        };
        for (std::size_t begin = 0; begin < injections.size();) {
            const auto end = batchEnd(injections, begin);
            const auto batch = std::span(injections).subspan(begin, end - begin);
            std::sort(batch.begin(), batch.end(),
                      [&](const Injection& a, const Injection& b) { return place(a) < place(b); });
            done(std::span<const Injection>(batch), effects(batch));
            begin = end;
        }
    }

  private:
    std::size_t batchEnd(const std::vector<Injection>& injections, std::size_t begin) const {
        const int n_layers = group_.weights.config.n_layers;
        std::int64_t rows = 0;
        auto end = begin;
        while (end < injections.size()) {
            rows += rowsOf(injections[end], n_layers, length_);
            if (rows > batchRows_ && end > begin)
                break;
            ++end;
        }
        return end;
    }

    std::vector<double> effects(std::span<const Injection> batch) {
        const auto final = resume(group_.weights, group_.runs.base, batch, rows_, progress_);
        std::vector<std::int64_t> pairs;
        double flop = 0.0;
        for (const auto& injection : batch) {
            pairs.push_back(injection.pair);
            flop += flopOf(injection, group_.weights.config, length_) + group_.metric.flop();
        }
        auto values = group_.metric.of(final, pairs);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] -= group_.baseMetric[static_cast<std::size_t>(pairs[i])];
        progress_.advance(static_cast<std::int64_t>(flop / flopPerStep));
        return values;
    }

    const PatchGroup& group_;
    const InjectedRows& rows_;
    std::int64_t batchRows_;
    Progress& progress_;
    std::int64_t length_;
};

/// Values of injections that share point and layer, asked for site by site.
at::Tensor rowsBySite(const SiteValues& values, const std::vector<SiteCell>& cells,
                      std::span<const Injection> injections) {
    std::vector<at::Tensor> parts;
    for (std::size_t begin = 0; begin < injections.size();) {
        const auto& cell = cells[injections[begin].patch];
        auto end = begin + 1;
        while (end < injections.size() && cells[injections[end].patch].site == cell.site)
            ++end;
        parts.push_back(values.rows(cell, injections.subspan(begin, end - begin), cells));
        begin = end;
    }
    return parts.size() == 1 ? parts.front() : at::cat(parts);
}

} // namespace

std::int64_t rowsPerBatch(const Weights& weights, std::int64_t bytes, std::int64_t length) {
    // One product of d_model × d_mlp takes about 50 ms at 100 GFLOP/s.
    const double product = 2.0 * weights.config.d_model * weights.config.d_mlp;
    const auto byTime = static_cast<std::int64_t>(5e9 / product);
    const auto byMemory = bytes / batchBytesPerRow(weights);
    return std::clamp<std::int64_t>(std::min(byTime, byMemory), length, 4096 + length);
}

void patchExactly(const PatchGroup& group, const std::vector<PatchSite>& sites,
                  const std::vector<NeuronPlace>& neurons, std::int64_t batchRows,
                  const CellFilter& wanted, Progress& progress, const EffectSink& sink) {
    const at::NoGradGuard noGrad;
    const auto& config = group.weights.config;
    const auto length = group.runs.base.residFinal.size(1);
    SiteValues values(group.weights, group.runs);
    std::vector<SiteCell> cells;
    std::vector<Injection> injections;
    std::vector<CellEffect> unchanged;
    for (const auto& [cell, pair] :
         exactOrder(sites, config, length, group.width, neurons, group.firstDifferent.size())) {
        auto injection = injectionOf(
            cell, pair, group.firstDifferent[static_cast<std::size_t>(pair)], config, length);
        if (!injection || !values.differs(cell, pair)) {
            unchanged.push_back({cell, pair});
            continue;
        }
        if (!wanted(cell, pair))
            continue;
        injection->patch = cells.size();
        injections.push_back(*injection);
        cells.push_back(cell);
    }
    sink(unchanged);
    const InjectedRows rows = [&](std::span<const Injection> asked) {
        return rowsBySite(values, cells, asked);
    };
    Sweeps(group, rows, batchRows, progress)
        .run(std::move(injections), cells,
             [&](std::span<const Injection> batch, const std::vector<double>& effects) {
                 std::vector<CellEffect> done;
                 for (std::size_t i = 0; i < batch.size(); ++i)
                     done.push_back({cells[batch[i].patch], batch[i].pair, effects[i],
                                     flopOf(batch[i], config, length) + group.metric.flop()});
                 sink(done);
             });
}

} // namespace residuum

// Exact activation patching of one group of pairs: every cell of the asked sites, batched.
#pragma once

#include "analysis/patching/end_metric.h"
#include "analysis/patching/pair_runs.h"
#include "analysis/patching/site_cells.h"

#include <functional>
#include <vector>

namespace residuum {

/// What a patch did: m(patched) - m(base). Cells that cannot change the metric are exactly 0.
struct CellEffect {
    SiteCell cell;
    std::int64_t pair = 0; ///< in the group
    double effect = 0.0;
    double flop = 0.0; ///< that its patch took
};

/// Pairs of one length and what is known of them before patching.
struct PatchGroup {
    const Weights& weights;
    const PairRuns& runs;
    const EndMetric& metric;
    std::vector<double> baseMetric;           ///< [B]
    std::vector<std::int64_t> firstDifferent; ///< [B], the first position whose tokens differ
    int width = 0;                            ///< positions that results are stored with
};

/// Whether a cell of a pair is worth a patch.
using CellFilter = std::function<bool(const SiteCell&, std::int64_t pair)>;

using EffectSink = std::function<void(const std::vector<CellEffect>&)>;

/// Rows per batch within `bytes` of working memory, and small enough that cancelling takes effect
/// within 100 ms on a slow machine.
std::int64_t rowsPerBatch(const Weights& weights, std::int64_t bytes, std::int64_t length);

/// Calls `sink` once with the cells that cost nothing, whether wanted or not, then after every
/// batch, in the order of exact_choice.h. `progress` advances by one per million FLOP. Throws
/// Cancelled.
void patchExactly(const PatchGroup& group, const std::vector<PatchSite>& sites,
                  const std::vector<NeuronPlace>& neurons, std::int64_t batchRows,
                  const CellFilter& wanted, Progress& progress, const EffectSink& sink);

} // namespace residuum

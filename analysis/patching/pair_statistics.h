// Statistics of patching over several pairs (SCIENCE §3): means, intervals, p and q of cells, and
// how estimate and exact agree over the pairs. Pure functions of a result, of the same numbers
// wherever they are asked for; milliseconds a map, so not for the GUI thread.
#pragma once

#include "analysis/patching/agreement.h"
#include "analysis/patching/pair_columns.h"
#include "analysis/statistics/cell_statistics.h"

#include <optional>
#include <vector>

namespace residuum {

/// Pairs of which a grid has every cell; the others' are still to come.
std::size_t pairsThere(const PatchResult& result, const PatchGrid& grid);
inline bool isWhole(const PatchResult& result, const PatchGrid& grid) {
    return pairsThere(result, grid) == result.cleanMetric.size();
}

/// How the request has them resampled.
Resampling resamplingOf(const PatchRequest& request);

/// A grid's values in columns, to be told of as means: raw, or `normalised` as ratio of means
/// Σ effect / Σ gap. Every cell of the site, so that q is over the whole map.
SampledCells sampledCells(const PatchResult& result, const PatchGrid& grid, bool normalised);

/// Estimate minus exact likewise, pair by pair; both are of one site.
SampledCells sampledErrors(const PatchResult& result, const PatchGrid& exact,
                           const PatchGrid& estimate, bool normalised);

/// Whether the sum of the pairs' gaps is more than rounding, so that values can be divided by it.
bool hasSumOfGaps(const PatchResult& result);

/// Agreement of one estimate with exact patching over all pairs, with 95 % intervals by bootstrap
/// over pairs (the same resamples as elsewhere); over the cells that Agreement compares.
struct PairAgreement {
    Agreement agreement; ///< of what was observed
    Interval pearson, spearman;
    /// Σ |exact - estimate| per layer, one number a pair: its mean over pairs. Of neurons one
    /// "layer" that is all of them.
    SampledCells layerErrors; ///< [prompt, layer]
    CellStatistics layers;
};
/// Of ratios of means each pair's share: value / mean weight. [sample, cell]
Table unweighted(const SampledCells& cells);
PairAgreement agreementOverPairs(const PatchResult& result, const PatchGrid& exact,
                                 const PatchGrid& estimate, bool normalised);

/// How much less the second model's estimate errs than the first one's, per pair and layer:
/// Σ |error| of the first minus that of the second (arXiv 2507.02559 has vanilla minus LN-free).
struct Improvement {
    double mean = 0.0, deviation = 0.0; ///< over pairs × layers (n - 1)
    CellStatistics all;                 ///< one cell: the pairs' means over layers
    CellStatistics layers;              ///< per layer, p and q that it is 0
    Table values;                       ///< [prompt, layer]
};
Improvement improvementOf(const PairAgreement& first, const PairAgreement& second);

} // namespace residuum

// What samples say of the mean of each cell: interval, p, q. Pure functions of the numbers and a
// Resampling; some 0.1 ms a cell of 480 samples, so not for the GUI thread.
//
// Shapes: sample = pair of prompts, cell = place in a map. NaN: the sample lacks the cell, which is
// then about the samples that have it.
#pragma once

#include "analysis/statistics/percentile.h"
#include "analysis/statistics/resampling.h"
#include "analysis/tensor/eigen_adaptor.h"

#include <vector>

namespace residuum {

/// Numbers to be told of as means.
struct SampledCells {
    Table values; ///< [sample, cell]
    /// [sample]: the mean is the ratio of means Σ value / Σ weight, both over the samples that have
    /// the cell; empty: the plain mean.
    std::vector<double> weights{};
    Resampling resampling{};
};

/// One number per cell; NaN where there is none: of fewer than two samples there are no intervals
/// and no p.
struct CellStatistics {
    std::vector<int> count;   ///< samples that have the cell
    std::vector<double> mean; ///< or ratio of means
    /// 2.5th and 97.5th percentile (interval95) of the means of bootstrap resamples, which draw as
    /// many samples as there are in all (bootstrapDraws), the same for every cell.
    std::vector<double> low, high;
    /// Two-sided p of Σ value = 0 by turned signs: (1 + flips with |Σ ±value| >= |Σ value|) / (1 +
    /// flips). What differs by rounding only (1e-12 of Σ |value|) counts as equal.
    std::vector<double> p;
    std::vector<double> q; ///< falseDiscoveryRates of p over all cells

    /// Whether the interval of the cell holds 0; not where there is none.
    bool holdsZero(std::size_t cell) const {
        return cell < low.size() && low[cell] <= 0.0 && 0.0 <= high[cell];
    }
};

CellStatistics statisticsOf(const SampledCells& cells);
/// The means alone, at once.
std::vector<double> meansOf(const SampledCells& cells);
/// Some of the cells, as they are: q stays that of the whole map.
SampledCells pickedCells(const SampledCells& cells, const std::vector<Eigen::Index>& places);
CellStatistics pickedCells(const CellStatistics& statistics,
                           const std::vector<Eigen::Index>& places);

/// Of first minus second, cell by cell, sample by sample: only samples that both have, the same
/// resamples for both. Of ratios of means the interval resamples both ratios, and p is that of
/// value / mean weight, first minus second. Both have as many samples and cells.
CellStatistics statisticsOfDifference(const SampledCells& first, const SampledCells& second);

/// Means, or ratios, of each resample: [resample, cell]; NaN where none of its samples has the
/// cell.
Table resampledMeans(const SampledCells& cells);
/// See CellStatistics::p. [cell]
std::vector<double> signFlipP(const Table& values, const Resampling& resampling);

} // namespace residuum

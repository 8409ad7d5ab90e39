// Correlations of many pairs of numbers, and of what bootstrap resamples of their samples hold.
#pragma once

#include "analysis/statistics/percentile.h"
#include "analysis/statistics/resampling.h"

#include <cstddef>
#include <vector>

namespace residuum {

/// Pearson's r; NaN where either is constant or there is nothing. As long as each other.
double pearson(const std::vector<double>& a, const std::vector<double>& b);
/// Pearson's r of the ranks, from 1, averaged over ties.
double spearman(const std::vector<double>& a, const std::vector<double>& b);

/// Two numbers each, of one sample.
struct SampledPoints {
    std::vector<double> a, b;
    std::vector<std::size_t> sample; ///< whose they are, 0 … samples - 1
    std::size_t samples = 0;
};

/// Intervals of both from bootstrap resamples of whole samples: a point is there as often as its
/// sample is drawn, and ranks are those in the resample. None of fewer than two samples.
struct CorrelationIntervals {
    Interval pearson, spearman;
};
CorrelationIntervals correlationIntervals(const SampledPoints& points,
                                          const Resampling& resampling);

} // namespace residuum

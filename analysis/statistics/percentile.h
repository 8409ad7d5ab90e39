// Intervals from resampled numbers, and p values of many cells at once.
#pragma once

#include <limits>
#include <vector>

namespace residuum {

/// NaN: there is none.
struct Interval {
    double low = std::numeric_limits<double>::quiet_NaN();
    double high = std::numeric_limits<double>::quiet_NaN();

    bool isThere() const { return low <= high; }
    bool holds(double value) const { return low <= value && value <= high; }
};

/// Between the order statistics on both sides of (n - 1) · share, in proportion (numpy's default).
/// `sorted`: not empty.
double percentile(const std::vector<double>& sorted, double share);

/// The 2.5th and the 97.5th percentile of those that are finite; none where there is none.
Interval interval95(std::vector<double> values);

/// Benjamini and Hochberg's q: of the m numbers that are not NaN, in ascending order,
/// q_i = min over j >= i of min(1, p_j · m / j). NaN stays NaN and does not count.
std::vector<double> falseDiscoveryRates(const std::vector<double>& p);

} // namespace residuum

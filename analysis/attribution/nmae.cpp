#include "analysis/attribution/nmae.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace residuum {

namespace {

/// Sums of |DLA - DE| and |DE| per head and resampling unit. [L·H, unit]
struct HeadSums {
    Table error;
    Table magnitude;
};

std::vector<int> unitOfRow(const std::vector<AttributionRow>& rows) {
    std::vector<int> units;
    units.reserve(rows.size());
    const bool oneSequence = rows.empty() || rows.front().sample == rows.back().sample;
    for (std::size_t i = 0; i < rows.size(); ++i)
        units.push_back(oneSequence ? static_cast<int>(i) : rows[i].sample);
    return units;
}

HeadSums sumPerHead(const Table& dla, const Table& directEffect, const std::vector<int>& units,
                    int n_layers, int n_heads) {
    const int unitCount = units.empty() ? 0 : *std::max_element(units.begin(), units.end()) + 1;
    const int heads = n_layers * n_heads;
    HeadSums sums{Table::Zero(heads, unitCount), Table::Zero(heads, unitCount)};
    for (int i = 0; i < heads; ++i) {
        const Component head{ComponentKind::Head, LayerIndex(i / n_heads), HeadIndex(i % n_heads)};
        const int row = componentRow(head, n_heads);
        for (std::size_t column = 0; column < units.size(); ++column) {
            const auto c = static_cast<Eigen::Index>(column);
            sums.error(i, units[column]) += std::abs(dla(row, c) - directEffect(row, c));
            sums.magnitude(i, units[column]) += std::abs(directEffect(row, c));
        }
    }
    return sums;
}

/// How often each of n things is drawn in n draws with replacement. The multiply-shift keeps
/// results the same on every standard library, which std::uniform_int_distribution does not
/// promise.
Eigen::VectorXd drawCounts(Eigen::Index n, std::mt19937_64& random) {
    Eigen::VectorXd counts = Eigen::VectorXd::Zero(n);
    for (Eigen::Index i = 0; i < n; ++i) {
        const std::uint64_t drawn = ((random() >> 32) * static_cast<std::uint64_t>(n)) >> 32;
        counts(static_cast<Eigen::Index>(drawn)) += 1.0;
    }
    return counts;
}

double quantile(const std::vector<double>& sorted, double q) {
    const double at = q * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const auto above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// A resample is a count per head and per unit, so its sums are countsᵀ · sums · counts.
std::optional<std::array<double, 2>> bootstrap(const HeadSums& sums, const DlaRequest& request) {
    if (sums.error.cols() < 2) // one sample says nothing of how samples differ
        return std::nullopt;
    std::mt19937_64 random(request.seed);
    std::vector<double> values;
    for (int i = 0; i < request.bootstrapResamples; ++i) {
        const auto heads = drawCounts(sums.error.rows(), random);
        const auto units = drawCounts(sums.error.cols(), random);
        const double value = nmaePercent(heads.dot(sums.error.matrix() * units),
                                         heads.dot(sums.magnitude.matrix() * units));
        if (std::isfinite(value))
            values.push_back(value);
    }
    if (values.empty())
        return std::nullopt;
    std::sort(values.begin(), values.end());
    return std::array{quantile(values, 0.025), quantile(values, 0.975)};
}

} // namespace

double nmaePercent(double error, double magnitude) {
    return magnitude == 0.0 ? std::numeric_limits<double>::quiet_NaN() : 100.0 * error / magnitude;
}

Nmae computeNmae(const Table& dla, const Table& directEffect,
                 const std::vector<AttributionRow>& rows, int n_layers, int n_heads,
                 const DlaRequest& request) {
    const auto sums = sumPerHead(dla, directEffect, unitOfRow(rows), n_layers, n_heads);
    Nmae nmae;
    nmae.heads = nmaePercent(sums.error.sum(), sums.magnitude.sum());
    nmae.perHead = Table(n_layers, n_heads);
    for (int i = 0; i < n_layers * n_heads; ++i)
        nmae.perHead(i / n_heads, i % n_heads) =
            nmaePercent(sums.error.row(i).sum(), sums.magnitude.row(i).sum());
    nmae.ci95 = bootstrap(sums, request);
    return nmae;
}

} // namespace residuum

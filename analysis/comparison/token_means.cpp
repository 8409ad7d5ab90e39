#include "analysis/comparison/token_means.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace residuum {

namespace {

struct SequenceSum {
    double sum = 0.0, count = 0.0;
};

std::vector<SequenceSum> sumsOf(const std::vector<double>& values,
                                const std::vector<int>& lengths) {
    std::vector<SequenceSum> sums;
    std::size_t token = 0;
    for (const int length : lengths) {
        SequenceSum sequence;
        for (int p = 0; p + 1 < length; ++p) {
            sequence.sum += values[token + static_cast<std::size_t>(p)];
            sequence.count += 1.0;
        }
        token += static_cast<std::size_t>(length);
        if (sequence.count > 0.0)
            sums.push_back(sequence);
    }
    return sums;
}

double quantile(const std::vector<double>& sorted, double q) {
    const double at = q * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const auto above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::optional<std::array<double, 2>> intervalOf(const std::vector<SequenceSum>& sums,
                                                const ComparisonRequest& request) {
    if (sums.size() < 2 || request.bootstrap == 0) // one sequence says nothing of how they differ
        return std::nullopt;
    std::mt19937_64 random(request.seed);
    std::vector<double> means;
    for (int i = 0; i < request.bootstrap; ++i) {
        SequenceSum all;
        for (std::size_t drawn = 0; drawn < sums.size(); ++drawn) {
            // The same on every standard library.
            const auto& one = sums[((random() >> 32) * sums.size()) >> 32];
            all.sum += one.sum;
            all.count += one.count;
        }
        means.push_back(all.sum / all.count);
    }
    std::sort(means.begin(), means.end());
    return std::array{quantile(means, 0.025), quantile(means, 0.975)};
}

} // namespace

TokenMean scoredMean(const std::vector<double>& values, const std::vector<int>& lengths,
                     const ComparisonRequest& request) {
    const auto sums = sumsOf(values, lengths);
    SequenceSum all;
    for (const auto& one : sums) {
        all.sum += one.sum;
        all.count += one.count;
    }
    return {all.sum / all.count, intervalOf(sums, request)};
}

void Calibration::add(double confidence, bool right) {
    const int bin = static_cast<int>(std::ceil(confidence * calibrationBins)) - 1;
    auto& in = bins_[static_cast<std::size_t>(std::clamp(bin, 0, calibrationBins - 1))];
    in.confidence += confidence;
    in.right += right ? 1.0 : 0.0;
    in.count += 1.0;
}

void Calibration::finish(ComparisonResult& result) const {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    result.calibration = Table(calibrationBins, 3);
    double apart = 0.0, count = 0.0;
    for (int i = 0; i < calibrationBins; ++i) {
        const auto& bin = bins_[static_cast<std::size_t>(i)];
        const bool any = bin.count > 0.0;
        result.calibration.row(i) << (any ? bin.confidence / bin.count : none),
            (any ? bin.right / bin.count : none), bin.count;
        apart += std::abs(bin.confidence - bin.right);
        count += bin.count;
    }
    result.ece = apart / count;
}

} // namespace residuum

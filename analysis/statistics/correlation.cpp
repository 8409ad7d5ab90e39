#include "analysis/statistics/correlation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace residuum {

namespace {

/// Below this share of the sum of squares a variance is rounding alone.
constexpr double rounding = 1e-14;

/// Sums over points, each there `n` times.
struct Moments {
    double n = 0.0, a = 0.0, b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;

    void add(double x, double y, double times = 1.0) {
        n += times;
        a += times * x;
        b += times * y;
        aa += times * x * x;
        bb += times * y * y;
        ab += times * x * y;
    }
    void add(const Moments& of, double times) {
        n += times * of.n;
        a += times * of.a;
        b += times * of.b;
        aa += times * of.aa;
        bb += times * of.bb;
        ab += times * of.ab;
    }
    double correlation() const {
        const double varA = aa - a * a / n, varB = bb - b * b / n;
        return varA > rounding * aa && varB > rounding * bb
                   ? (ab - a * b / n) / std::sqrt(varA * varB)
                   : std::numeric_limits<double>::quiet_NaN();
    }
};

double meanOf(const std::vector<double>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Numbers in ascending order, whose points may be there several times, or not at all.
struct Ascending {
    std::vector<std::uint32_t> point;  ///< which of the numbers
    std::vector<std::uint32_t> sample; ///< whose
    std::vector<std::size_t> ends;     ///< of each run of equal numbers

    Ascending(const std::vector<double>& values, const std::vector<std::size_t>& samples)
        : point(values.size()) {
        std::iota(point.begin(), point.end(), 0U);
        std::sort(point.begin(), point.end(),
                  [&](std::uint32_t x, std::uint32_t y) { return values[x] < values[y]; });
        for (std::size_t i = 0; i < point.size(); ++i) {
            sample.push_back(static_cast<std::uint32_t>(samples[point[i]]));
            if (i + 1 == point.size() || values[point[i]] != values[point[i + 1]])
                ends.push_back(i + 1);
        }
    }

    /// Calls `use(place, rank, times)` for each point, there as often as its sample in `times`:
    /// twice the rank less twice the middle one, whole numbers; equal numbers share their mean.
    template <class Use>
    void eachRank(const std::vector<std::int32_t>& times, std::int32_t all, const Use& use) const {
        std::int32_t twiceBefore = -all;
        if (ends.size() == point.size()) { // no two are equal: the usual case, several times faster
            for (std::size_t i = 0; i < point.size(); ++i) {
                const auto own = times[sample[i]];
                use(i, twiceBefore + own, own);
                twiceBefore += 2 * own;
            }
            return;
        }
        std::size_t begin = 0;
        for (const auto end : ends) {
            std::int32_t together = 0;
            for (auto i = begin; i < end; ++i)
                together += times[sample[i]];
            for (; begin < end; ++begin)
                use(begin, twiceBefore + together, times[sample[begin]]);
            twiceBefore += 2 * together;
        }
    }
};

/// Spearman's rho of points that are there as often as their sample is drawn. Points are
/// renumbered as a ascends, so that one of two passes goes through memory in order.
class DrawnRanks {
  public:
    explicit DrawnRanks(const SampledPoints& points)
        : ofA_(points.a, points.sample), ofB_(points.b, points.sample), ranks_(points.a.size()),
          placeInA_(points.a.size()) {
        std::vector<std::uint32_t> place(points.a.size());
        for (std::size_t i = 0; i < place.size(); ++i)
            place[ofA_.point[i]] = static_cast<std::uint32_t>(i);
        for (std::size_t i = 0; i < place.size(); ++i)
            placeInA_[i] = place[ofB_.point[i]];
    }

    double spearman(const std::vector<std::int32_t>& times) {
        std::int32_t all = 0;
        for (const auto sample : ofA_.sample)
            all += times[sample];
        std::int64_t aa = 0, bb = 0, ab = 0;
        ofA_.eachRank(times, all, [&](std::size_t i, std::int32_t rank, std::int32_t own) {
            ranks_[i] = rank;
            aa += std::int64_t{own} * rank * rank;
        });
        ofB_.eachRank(times, all, [&](std::size_t i, std::int32_t rank, std::int32_t own) {
            const auto weighted = std::int64_t{own} * rank;
            ab += weighted * ranks_[placeInA_[i]];
            bb += weighted * rank;
        });
        return aa > 0 && bb > 0 ? static_cast<double>(ab) /
                                      std::sqrt(static_cast<double>(aa) * static_cast<double>(bb))
                                : std::numeric_limits<double>::quiet_NaN();
    }

  private:
    Ascending ofA_, ofB_;
    std::vector<std::int32_t> ranks_;     ///< in a's order, as eachRank has them
    std::vector<std::uint32_t> placeInA_; ///< of b's places
};

/// Each sample's own points, less their means over all: what resamples hold are sums of these.
std::vector<Moments> momentsOfSamples(const SampledPoints& points) {
    const double meanA = meanOf(points.a), meanB = meanOf(points.b);
    std::vector<Moments> moments(points.samples);
    for (std::size_t i = 0; i < points.a.size(); ++i)
        moments[points.sample[i]].add(points.a[i] - meanA, points.b[i] - meanB);
    return moments;
}

} // namespace

double pearson(const std::vector<double>& a, const std::vector<double>& b) {
    Moments moments;
    const double meanA = meanOf(a), meanB = meanOf(b);
    for (std::size_t i = 0; i < a.size(); ++i)
        moments.add(a[i] - meanA, b[i] - meanB);
    return moments.correlation();
}

double spearman(const std::vector<double>& a, const std::vector<double>& b) {
    return DrawnRanks({a, b, std::vector<std::size_t>(a.size(), 0), 1}).spearman({1});
}

CorrelationIntervals correlationIntervals(const SampledPoints& points,
                                          const Resampling& resampling) {
    if (points.samples < 2)
        return {};
    const auto own = momentsOfSamples(points);
    DrawnRanks ranks(points);
    std::vector<double> linear, ranked;
    std::vector<std::int32_t> times;
    for (int resample = 0; resample < resampling.resamples; ++resample) {
        times.assign(points.samples, 0);
        for (const auto drawn : bootstrapDraws(resampling.seed, points.samples, resample, 1))
            ++times[drawn];
        Moments moments;
        for (std::size_t sample = 0; sample < points.samples; ++sample)
            moments.add(own[sample], times[sample]);
        linear.push_back(moments.correlation());
        ranked.push_back(ranks.spearman(times));
    }
    return {interval95(std::move(linear)), interval95(std::move(ranked))};
}

} // namespace residuum

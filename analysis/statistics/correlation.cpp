#include "analysis/statistics/correlation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace residuum {

namespace {

std::vector<std::size_t> ascending(const std::vector<double>& values) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
    return order;
}

/// Numbers whose points may be there several times, or not at all.
class WeightedRanks {
  public:
    explicit WeightedRanks(const std::vector<double>& values)
        : values_(values), order_(ascending(values)), ranks_(values.size()) {}

    /// Of each point, from 1; those of equal numbers share the mean. `weightOf(point)`: how often
    /// it is there.
    template <class WeightOf>
    const std::vector<double>& of(const WeightOf& weightOf) {
        double before = 0.0;
        for (std::size_t begin = 0; begin < order_.size();) {
            double weight = weightOf(order_[begin]);
            auto end = begin + 1;
            for (; end < order_.size() && values_[order_[end]] == values_[order_[begin]]; ++end)
                weight += weightOf(order_[end]);
            for (; begin < end; ++begin)
                ranks_[order_[begin]] = before + 0.5 * (weight + 1.0);
            before += weight;
        }
        return ranks_;
    }

  private:
    const std::vector<double>& values_;
    std::vector<std::size_t> order_;
    std::vector<double> ranks_;
};

template <class WeightOf>
double weightedPearson(const std::vector<double>& a, const std::vector<double>& b,
                       const WeightOf& weightOf) {
    double n = 0.0, sumA = 0.0, sumB = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double weight = weightOf(i);
        n += weight;
        sumA += weight * a[i];
        sumB += weight * b[i];
    }
    const double meanA = sumA / n, meanB = sumB / n;
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double weight = weightOf(i), fromA = a[i] - meanA, fromB = b[i] - meanB;
        ab += weight * fromA * fromB;
        aa += weight * fromA * fromA;
        bb += weight * fromB * fromB;
    }
    return aa > 0.0 && bb > 0.0 ? ab / std::sqrt(aa * bb)
                                : std::numeric_limits<double>::quiet_NaN();
}

double once(std::size_t) {
    return 1.0;
}

} // namespace

double pearson(const std::vector<double>& a, const std::vector<double>& b) {
    return weightedPearson(a, b, once);
}

double spearman(const std::vector<double>& a, const std::vector<double>& b) {
    return pearson(WeightedRanks(a).of(once), WeightedRanks(b).of(once));
}

CorrelationIntervals correlationIntervals(const SampledPoints& points,
                                          const Resampling& resampling) {
    if (points.samples < 2)
        return {};
    WeightedRanks ofA(points.a), ofB(points.b);
    std::vector<double> linear, ranked, times;
    const auto weightOf = [&](std::size_t point) { return times[points.sample[point]]; };
    for (int resample = 0; resample < resampling.resamples; ++resample) {
        times.assign(points.samples, 0.0);
        for (const auto drawn : bootstrapDraws(resampling.seed, points.samples, resample, 1))
            times[drawn] += 1.0;
        linear.push_back(weightedPearson(points.a, points.b, weightOf));
        ranked.push_back(weightedPearson(ofA.of(weightOf), ofB.of(weightOf), weightOf));
    }
    return {interval95(std::move(linear)), interval95(std::move(ranked))};
}

} // namespace residuum

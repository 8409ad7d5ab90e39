#include "analysis/patching/faithfulness.h"

#include "analysis/patching/pair_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace residuum {

namespace {

/// [column] of means, or ratios of means, over prompts.
std::vector<Interval> intervalsOf(Table values, std::vector<double> weights,
                                  const PatchResult& result) {
    std::vector<Interval> intervals;
    if (values.rows() < 2 || result.request.resamples <= 0)
        return intervals;
    auto resampling = resamplingOf(result.request);
    resampling.flips = 0; // nobody asks for p
    const auto of = statisticsOf({std::move(values), std::move(weights), resampling});
    for (std::size_t i = 0; i < of.low.size(); ++i)
        intervals.push_back({of.low[i], of.high[i]});
    return intervals;
}

} // namespace

std::vector<double> faithfulnessOf(const Table& kept, const PatchResult& result) {
    std::vector<double> ratios;
    for (Eigen::Index column = 0; column < kept.cols(); ++column) {
        double effect = 0.0, gap = 0.0, resolution = 0.0;
        for (Eigen::Index row = 0; row < kept.rows(); ++row) {
            const auto prompt = static_cast<std::size_t>(row);
            if (std::isnan(kept(row, column)))
                continue;
            effect += kept(row, column) - result.corruptMetric[prompt];
            gap += result.gap(prompt);
            resolution += gapResolution(result, prompt);
        }
        ratios.push_back(std::abs(gap) > resolution ? effect / gap
                                                    : std::numeric_limits<double>::quiet_NaN());
    }
    return ratios;
}

FaithfulnessCurve faithfulnessCurve(const EdgeGrid& edges, const PatchResult& result) {
    FaithfulnessCurve curve;
    curve.kept = faithfulnessOf(edges.kept, result);
    const auto random = faithfulnessOf(result.circuits.random, result);
    const auto draws = static_cast<std::size_t>(result.circuits.draws);
    for (std::size_t begin = 0; draws > 0 && begin < random.size(); begin += draws) {
        const auto first = random.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto end = first + static_cast<std::ptrdiff_t>(draws);
        double sum = 0.0;
        for (auto each = first; each != end; ++each)
            sum += *each;
        curve.random.push_back(sum / static_cast<double>(draws));
        curve.randomLow.push_back(*std::min_element(first, end));
        curve.randomHigh.push_back(*std::max_element(first, end));
    }
    return curve;
}

std::vector<CheckedEdge> checkedEdges(const EdgeGrid& edges) {
    std::vector<CheckedEdge> list;
    const auto exact = spreadOf(edges.exact).mean;
    for (std::size_t i = 0; i < edges.checked.size(); ++i) {
        const auto place = edgeNamed(edges, edges.checked[i]);
        if (place)
            list.push_back({edges.checked[i],
                            edges.mean(static_cast<Eigen::Index>(place->first),
                                       static_cast<Eigen::Index>(place->second)),
                            exact(0, static_cast<Eigen::Index>(i))});
    }
    return list;
}

std::vector<Interval> exactIntervals(const EdgeGrid& edges, const PatchResult& result) {
    return intervalsOf(edges.exact, {}, result);
}

std::vector<Interval> keptIntervals(const EdgeGrid& edges, const PatchResult& result) {
    Table effects = edges.kept;
    std::vector<double> gaps;
    for (Eigen::Index row = 0; row < effects.rows(); ++row) {
        const auto prompt = static_cast<std::size_t>(row);
        effects.row(row) -= result.corruptMetric[prompt];
        gaps.push_back(result.gap(prompt));
    }
    return hasSumOfGaps(result) ? intervalsOf(std::move(effects), std::move(gaps), result)
                                : std::vector<Interval>();
}

std::optional<Agreement> edgeAgreement(const std::vector<CheckedEdge>& edges) {
    PatchGrid estimate, exact;
    // Edges have no layers, as neurons have none.
    estimate.site = exact.site = PatchSite::MlpPost;
    estimate.shape = exact.shape = {std::ssize(edges)};
    estimate.values.resize(1, std::ssize(edges));
    exact.values.resize(1, std::ssize(edges));
    for (std::size_t i = 0; i < edges.size(); ++i) {
        estimate.values(0, static_cast<Eigen::Index>(i)) = edges[i].estimate;
        exact.values(0, static_cast<Eigen::Index>(i)) = edges[i].exact;
    }
    auto agreement = agreementOf(exact, estimate, false);
    return agreement.cells == 0 ? std::nullopt : std::optional(std::move(agreement));
}

} // namespace residuum

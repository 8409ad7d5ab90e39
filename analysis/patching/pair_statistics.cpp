#include "analysis/patching/pair_statistics.h"

#include "analysis/statistics/correlation.h"

#include <cmath>
#include <numeric>

namespace residuum {

namespace {

std::vector<double> gapsOf(const PatchResult& result) {
    std::vector<double> gaps;
    for (std::size_t prompt = 0; prompt < result.cleanMetric.size(); ++prompt)
        gaps.push_back(result.gap(prompt));
    return gaps;
}

/// Values to be divided by the gaps, which must not be rounding alone.
SampledCells sampled(Table values, const PatchResult& result, bool normalised) {
    SampledCells cells{std::move(values), {}, resamplingOf(result.request)};
    if (!normalised)
        return cells;
    cells.weights = gapsOf(result);
    if (!hasSumOfGaps(result))
        cells.values.setConstant(std::numeric_limits<double>::quiet_NaN());
    return cells;
}

/// Exact values as the estimate is to be read: magnitudes beside AtP*.
Table comparedExact(const PatchGrid& exact, const PatchGrid& estimate) {
    return estimate.method == PatchMethod::AtpStar ? exact.values.abs().eval() : exact.values;
}

/// The cells that Agreement compares.
SampledPoints pointsOf(const Table& exact, const Table& estimate) {
    SampledPoints points;
    points.samples = static_cast<std::size_t>(exact.rows());
    for (Eigen::Index prompt = 0; prompt < exact.rows(); ++prompt)
        for (Eigen::Index cell = 0; cell < exact.cols(); ++cell) {
            const double truth = exact(prompt, cell), guess = estimate(prompt, cell);
            if (std::isnan(truth) || std::isnan(guess) || (truth == 0.0 && guess == 0.0))
                continue;
            points.a.push_back(truth);
            points.b.push_back(guess);
            points.sample.push_back(static_cast<std::size_t>(prompt));
        }
    return points;
}

/// [prompt, layer]: sums of what is not missing.
Table sumsPerLayer(const Table& values, Eigen::Index layers) {
    const Table there = values.isNaN().select(0.0, values);
    const auto each = there.cols() / layers;
    Table sums(there.rows(), layers);
    for (Eigen::Index layer = 0; layer < layers; ++layer)
        sums.col(layer) = there.middleCols(layer * each, each).rowwise().sum();
    return sums;
}

PatchGrid divided(PatchGrid grid, const PatchResult& result, bool normalised) {
    if (normalised)
        grid.values = residuum::normalised(grid, result);
    return grid;
}

} // namespace

std::size_t pairsThere(const PatchResult& result, const PatchGrid& grid) {
    const auto width = axesOf(grid.site).pos ? grid.shape.back() : 0;
    std::size_t there = 0;
    for (Eigen::Index pair = 0; pair < grid.values.rows(); ++pair) {
        const auto place = static_cast<std::size_t>(pair);
        const auto beyond = width > 0 && place < result.lengths.size()
                                ? grid.values.cols() / width * (width - result.lengths[place])
                                : 0;
        there += grid.values.row(pair).isNaN().count() <= beyond ? 1 : 0;
    }
    return there;
}

Resampling resamplingOf(const PatchRequest& request) {
    return {request.resamples, request.flips, request.seed};
}

bool hasSumOfGaps(const PatchResult& result) {
    double gap = 0.0, resolution = 0.0;
    for (std::size_t prompt = 0; prompt < result.cleanMetric.size(); ++prompt) {
        gap += result.gap(prompt);
        resolution += gapResolution(result, prompt);
    }
    return std::abs(gap) > resolution;
}

SampledCells sampledCells(const PatchResult& result, const PatchGrid& grid, bool normalised) {
    return sampled(inColumns(grid, columnsOf(result)).values, result, normalised);
}

SampledCells sampledErrors(const PatchResult& result, const PatchGrid& exact,
                           const PatchGrid& estimate, bool normalised) {
    auto errors = estimate;
    errors.values -= comparedExact(exact, estimate);
    return sampledCells(result, errors, normalised);
}

Table unweighted(const SampledCells& cells) {
    if (cells.weights.empty())
        return cells.values;
    const double sum = std::accumulate(cells.weights.begin(), cells.weights.end(), 0.0);
    return cells.values * (static_cast<double>(cells.weights.size()) / sum);
}

PairAgreement agreementOverPairs(const PatchResult& result, const PatchGrid& exact,
                                 const PatchGrid& estimate, bool normalised) {
    const auto truth = divided(exact, result, normalised),
               guess = divided(estimate, result, normalised);
    PairAgreement over;
    over.agreement = agreementOf(truth, guess, estimate.method == PatchMethod::AtpStar);
    const auto correlations = correlationIntervals(
        pointsOf(comparedExact(truth, guess), guess.values), resamplingOf(result.request));
    over.pearson = correlations.pearson;
    over.spearman = correlations.spearman;
    const auto layers = axesOf(exact.site).neuron ? 1 : exact.shape.front();
    over.layerErrors =
        sampled(sumsPerLayer((estimate.values - comparedExact(exact, estimate)).abs(), layers),
                result, normalised);
    over.layers = statisticsOf(over.layerErrors);
    return over;
}

Improvement improvementOf(const PairAgreement& first, const PairAgreement& second) {
    Improvement improvement;
    const auto &a = first.layerErrors, &b = second.layerErrors;
    improvement.values = unweighted(a) - unweighted(b);
    const Table flat =
        Eigen::Map<const Table>(improvement.values.data(), improvement.values.size(), 1);
    const auto spread = spreadOf(flat);
    improvement.mean = spread.mean(0, 0);
    improvement.deviation = spread.deviation(0, 0);
    const auto overLayers = [](const SampledCells& cells) {
        auto mean = cells;
        mean.values = cells.values.rowwise().mean();
        return mean;
    };
    improvement.all = statisticsOfDifference(overLayers(a), overLayers(b));
    improvement.layers = statisticsOfDifference(a, b);
    return improvement;
}

} // namespace residuum

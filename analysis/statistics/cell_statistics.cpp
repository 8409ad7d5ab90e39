#include "analysis/statistics/cell_statistics.h"

#include "analysis/statistics/lanes.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// Resamples whose draws are kept at once.
constexpr int drawnAtOnce = 64;
/// Cells whose resamples are kept at once: those of all would be many times the values.
constexpr std::size_t cellsAtOnce = 512;

double weightOf(const SampledCells& cells, Eigen::Index sample) {
    return cells.weights.empty() ? 1.0 : cells.weights[static_cast<std::size_t>(sample)];
}

/// Some cells' values, 0 where they are missing, and the weights of what is there.
struct Tile {
    Lanes values, weights; ///< [sample]
    bool isWhole = true;   ///< nothing is missing, so all cells have the samples' own weights

    Tile(const SampledCells& cells, Eigen::Index first) {
        const auto& table = cells.values;
        const auto count = std::min(lane, table.cols() - first);
        for (Eigen::Index sample = 0; sample < table.rows(); ++sample) {
            Lane value = Lane::Zero(), weight = Lane::Constant(weightOf(cells, sample));
            value.head(count) = table.row(sample).segment(first, count).transpose();
            isWhole = isWhole && !value.isNaN().any();
            weight = value.isNaN().select(0.0, weight);
            value = value.isNaN().select(0.0, value).eval();
            values.push_back(value);
            weights.push_back(weight);
        }
    }
};

/// Sums of what resample `r` draws.
Lane drawn(const Lanes& rows, const std::uint32_t* draws) {
    Lane sum = Lane::Zero();
    for (std::size_t i = 0; i < rows.size(); ++i)
        sum += rows[draws[i]];
    return sum;
}

/// Σ value / Σ weight of some cells.
struct Sums {
    double value = 0.0, weight = 0.0;
    int count = 0;

    double mean() const { return count > 0 ? value / weight : nan; }
};

Sums sumsOf(const SampledCells& cells, Eigen::Index cell) {
    Sums sums;
    for (Eigen::Index sample = 0; sample < cells.values.rows(); ++sample)
        if (const double value = cells.values(sample, cell); !std::isnan(value)) {
            sums.value += value;
            sums.weight += weightOf(cells, sample);
            ++sums.count;
        }
    return sums;
}

Interval intervalOf(const Table& resampled, Eigen::Index cell) {
    const auto column = resampled.col(cell);
    return interval95({column.begin(), column.end()});
}

/// Whether it is 0 in every sample that has it.
bool isZero(const SampledCells& cells, Eigen::Index cell) {
    const auto column = cells.values.col(cell);
    return (column == 0.0 || column.isNaN()).all();
}

void setP(CellStatistics& statistics, std::vector<double> p) {
    for (std::size_t cell = 0; cell < p.size(); ++cell)
        if (statistics.count[cell] < 2)
            p[cell] = nan;
    statistics.q = falseDiscoveryRates(p);
    statistics.p = std::move(p);
}

/// The same without what the other lacks.
SampledCells inBoth(SampledCells cells, const SampledCells& other) {
    cells.values = other.values.isNaN().select(nan, cells.values).eval();
    return cells;
}

} // namespace

Table resampledMeans(const SampledCells& cells) {
    const auto samples = cells.values.rows(), count = cells.values.cols();
    const auto& resampling = cells.resampling;
    Table means(resampling.resamples, count);
    std::vector<Tile> tiles;
    for (Eigen::Index first = 0; first < count; first += lane)
        tiles.emplace_back(cells, first);
    for (int begin = 0; begin < resampling.resamples; begin += drawnAtOnce) {
        const int here = std::min(drawnAtOnce, resampling.resamples - begin);
        const auto draws =
            bootstrapDraws(resampling.seed, static_cast<std::size_t>(samples), begin, here);
        std::vector<double> weights; // of each resample, where all cells have the same
        for (int r = 0; r < here; ++r) {
            double sum = 0.0;
            for (Eigen::Index i = 0; i < samples; ++i)
                sum += weightOf(cells, draws[static_cast<std::size_t>(r * samples + i)]);
            weights.push_back(sum);
        }
        for (std::size_t t = 0; t < tiles.size(); ++t)
            for (int r = 0; r < here; ++r) {
                const auto* own = draws.data() + r * samples;
                const auto& tile = tiles[t];
                Lane mean = drawn(tile.values, own);
                if (tile.isWhole)
                    mean /= weights[static_cast<std::size_t>(r)];
                else
                    mean /= drawn(tile.weights, own);
                const auto first = static_cast<Eigen::Index>(t) * lane;
                const auto width = std::min(lane, count - first);
                means.row(begin + r).segment(first, width) = mean.head(width).transpose();
            }
    }
    return means;
}

std::vector<double> meansOf(const SampledCells& cells) {
    std::vector<double> means;
    for (Eigen::Index cell = 0; cell < cells.values.cols(); ++cell)
        means.push_back(sumsOf(cells, cell).mean());
    return means;
}

SampledCells pickedCells(const SampledCells& cells, const std::vector<Eigen::Index>& places) {
    SampledCells picked{Table(cells.values.rows(), static_cast<Eigen::Index>(places.size())),
                        cells.weights, cells.resampling};
    for (std::size_t i = 0; i < places.size(); ++i)
        picked.values.col(static_cast<Eigen::Index>(i)) = cells.values.col(places[i]);
    return picked;
}

CellStatistics pickedCells(const CellStatistics& statistics,
                           const std::vector<Eigen::Index>& places) {
    const auto pick = [&](const auto& numbers) {
        auto picked = numbers;
        picked.clear();
        for (const auto place : places)
            picked.push_back(numbers[static_cast<std::size_t>(place)]);
        return picked;
    };
    return {pick(statistics.count), pick(statistics.mean), pick(statistics.low),
            pick(statistics.high),  pick(statistics.p),    pick(statistics.q)};
}

CellStatistics statisticsOf(const SampledCells& cells) {
    CellStatistics statistics;
    std::vector<Eigen::Index> places; // of cells that are not 0 throughout
    for (Eigen::Index cell = 0; cell < cells.values.cols(); ++cell) {
        const auto sums = sumsOf(cells, cell);
        statistics.count.push_back(sums.count);
        statistics.mean.push_back(sums.mean());
        if (!isZero(cells, cell))
            places.push_back(cell);
    }
    // Of the others no resample and no flip makes anything else: most cells of patching, which lie
    // before the first difference.
    std::vector<double> p(statistics.count.size(), 1.0);
    statistics.low.assign(statistics.count.size(), 0.0);
    statistics.high = statistics.low;
    if (cells.resampling.flips <= 0)
        p.assign(p.size(), nan);
    for (std::size_t first = 0; first < places.size(); first += cellsAtOnce) {
        const std::vector<Eigen::Index> here(
            places.begin() + static_cast<std::ptrdiff_t>(first),
            places.begin() +
                static_cast<std::ptrdiff_t>(std::min(first + cellsAtOnce, places.size())));
        const auto some = pickedCells(cells, here);
        const auto resampled = resampledMeans(some);
        const auto own = signFlipP(some.values, cells.resampling);
        for (std::size_t i = 0; i < here.size(); ++i) {
            const auto cell = static_cast<std::size_t>(here[i]);
            const auto interval = intervalOf(resampled, static_cast<Eigen::Index>(i));
            statistics.low[cell] = interval.low;
            statistics.high[cell] = interval.high;
            p[cell] = own[i];
        }
    }
    for (std::size_t cell = 0; cell < p.size(); ++cell)
        if (statistics.count[cell] < 2 || cells.resampling.resamples <= 0)
            statistics.low[cell] = statistics.high[cell] = nan;
    setP(statistics, std::move(p));
    return statistics;
}

CellStatistics statisticsOfDifference(const SampledCells& first, const SampledCells& second) {
    const auto a = inBoth(first, second), b = inBoth(second, first);
    CellStatistics statistics;
    Table differences = a.values;
    for (Eigen::Index cell = 0; cell < a.values.cols(); ++cell) {
        const auto ofA = sumsOf(a, cell), ofB = sumsOf(b, cell);
        statistics.count.push_back(ofA.count);
        statistics.mean.push_back(ofA.mean() - ofB.mean());
        differences.col(cell) = a.values.col(cell) * (ofA.count / ofA.weight) -
                                b.values.col(cell) * (ofB.count / ofB.weight);
    }
    const Table resampled = resampledMeans(a) - resampledMeans(b);
    for (Eigen::Index cell = 0; cell < resampled.cols(); ++cell) {
        const bool any = statistics.count[static_cast<std::size_t>(cell)] > 1;
        const auto interval = any ? intervalOf(resampled, cell) : Interval();
        statistics.low.push_back(interval.low);
        statistics.high.push_back(interval.high);
    }
    setP(statistics, signFlipP(differences, a.resampling));
    return statistics;
}

} // namespace residuum

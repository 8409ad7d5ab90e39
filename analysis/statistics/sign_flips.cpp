// Sums of values with turned signs, thousands of times over. Eight samples at once are one look-up:
// a table has their sum for each of the 256 ways to turn them.
#include "analysis/statistics/cell_statistics.h"
#include "analysis/statistics/lanes.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr std::size_t perByte = 8, ways = 256;
/// Bytes of signs whose tables are used at once: half a megabyte of them.
constexpr std::size_t bytesAtOnce = 32;

/// What differs from the sum as it is by less is as large: sums in another order.
constexpr double rounding = 1e-12;

/// [byte, way]: the sum of eight samples from `first` on, those turned whose bit is set.
void addWays(Lanes& sums, const Lanes& rows, std::size_t first) {
    const auto at = sums.size();
    sums.resize(at + ways, Lane::Zero());
    const auto end = std::min(first + perByte, rows.size());
    for (auto sample = first; sample < end; ++sample)
        sums[at] += rows[sample];
    for (std::size_t bit = 0; bit < perByte; ++bit)
        for (std::size_t way = 0; way < std::size_t{1} << bit; ++way) {
            sums[at + (std::size_t{1} << bit) + way] = sums[at + way];
            if (first + bit < end)
                sums[at + (std::size_t{1} << bit) + way] -= 2.0 * rows[first + bit];
        }
}

/// How many flips make sums at least as large as they are.
Lane extremes(const Lanes& rows, const std::vector<std::uint8_t>& signs, std::size_t flips) {
    const auto width = signBytes(rows.size());
    Lanes sums(flips, Lane::Zero()), table;
    for (std::size_t begin = 0; begin < width; begin += bytesAtOnce) {
        const auto bytes = std::min(bytesAtOnce, width - begin);
        table.clear();
        for (std::size_t byte = 0; byte < bytes; ++byte)
            addWays(table, rows, (begin + byte) * perByte);
        for (std::size_t flip = 0; flip < flips; ++flip) {
            const auto* own = signs.data() + flip * width + begin;
            Lane sum = sums[flip];
            for (std::size_t byte = 0; byte < bytes; ++byte)
                sum += table[byte * ways + own[byte]];
            sums[flip] = sum;
        }
    }
    Lane observed = Lane::Zero(), size = Lane::Zero();
    for (const auto& row : rows) {
        observed += row;
        size += row.abs();
    }
    const Lane least = observed.abs() - rounding * size;
    Lane count = Lane::Zero();
    for (const auto& sum : sums)
        count += (sum.abs() >= least).cast<double>();
    return count;
}

} // namespace

std::vector<double> signFlipP(const Table& values, const Resampling& resampling) {
    std::vector<double> p(static_cast<std::size_t>(values.cols()),
                          std::numeric_limits<double>::quiet_NaN());
    const auto samples = static_cast<std::size_t>(values.rows());
    const auto flips = static_cast<std::size_t>(std::max(resampling.flips, 0));
    if (flips == 0)
        return p;
    const auto signs = turnedSigns(resampling.seed, samples, resampling.flips);
    for (Eigen::Index first = 0; first < values.cols(); first += lane) {
        const auto width = std::min(lane, values.cols() - first);
        Lanes rows(samples, Lane::Zero());
        for (std::size_t sample = 0; sample < samples; ++sample) {
            auto own = rows[sample].head(width);
            own = values.row(static_cast<Eigen::Index>(sample)).segment(first, width).transpose();
            own = own.isNaN().select(0.0, own).eval();
        }
        const Lane count = extremes(rows, signs, flips);
        for (Eigen::Index i = 0; i < width; ++i)
            p[static_cast<std::size_t>(first + i)] =
                (1.0 + count(i)) / (1.0 + static_cast<double>(flips));
    }
    return p;
}

} // namespace residuum

#include "analysis/statistics/cell_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace residuum::test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

#include "numpy_statistics.inc"

Table tableOf(const std::vector<double>& numbers, Eigen::Index columns) {
    return Eigen::Map<const Table>(numbers.data(),
                                   static_cast<Eigen::Index>(numbers.size()) / columns, columns);
}

void expectEqual(const std::vector<double>& is, const std::vector<double>& wanted,
                 const char* what) {
    ASSERT_EQ(is.size(), wanted.size()) << what;
    for (std::size_t i = 0; i < is.size(); ++i)
        if (std::isnan(wanted[i]))
            EXPECT_TRUE(std::isnan(is[i])) << what << " of cell " << i;
        else
            EXPECT_NEAR(is[i], wanted[i], 1e-13) << what << " of cell " << i;
}

SampledCells example() {
    return {tableOf(exampleValues, 5), {}, {200, 500, 7}};
}

/// Numbers of a normal distribution, the same on every machine.
Table noise(Eigen::Index samples, Eigen::Index cells, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
    Table values(samples, cells);
    for (auto& value : values.reshaped())
        value = std::sqrt(-2.0 * std::log(uniform())) * std::cos(2.0 * M_PI * uniform());
    return values;
}

TEST(CellStatistics, DrawsAreThoseOfNumpy) {
    EXPECT_EQ(bootstrapDraws(7, 23, 0, 2), exampleDraws);
    const auto second = bootstrapDraws(7, 23, 1, 1);
    EXPECT_TRUE(std::equal(second.begin(), second.end(), exampleDraws.begin() + 23));
}

/// They are told without being drawn: as if they had been.
TEST(CellStatistics, CellsThatAreZeroThroughoutAreAsIfResampled) {
    auto cells = example();
    cells.values.col(1).setZero();
    for (auto& value : cells.values.col(4))
        value = std::isnan(value) ? nan : 0.0;
    const auto is = statisticsOf(cells);
    const auto p = signFlipP(cells.values, cells.resampling);
    EXPECT_EQ(is.p[1], 1.0);
    EXPECT_EQ(is.p[1], p[1]);
    EXPECT_EQ(is.low[1], 0.0);
    EXPECT_EQ(is.high[1], 0.0);
    EXPECT_TRUE((resampledMeans(cells).col(1) == 0.0).all());
    EXPECT_TRUE(std::isnan(is.low[4])) << "one sample has it";
    EXPECT_TRUE(std::isnan(is.p[4]));
    expectEqual({is.low[0], is.high[0], is.p[0]}, {plainLow[0], plainHigh[0], plainP[0]}, "other");
    auto known = p;
    known[4] = nan;
    expectEqual(is.q, falseDiscoveryRates(known), "q");
    cells.resampling = {0, 0, 7};
    EXPECT_TRUE(std::isnan(statisticsOf(cells).low[1]));
    EXPECT_TRUE(std::isnan(statisticsOf(cells).p[1]));
}

TEST(CellStatistics, MeansAreThoseOfNumpy) {
    const auto is = statisticsOf(example());
    expectEqual(is.mean, plainMean, "mean");
    expectEqual(is.low, plainLow, "low");
    expectEqual(is.high, plainHigh, "high");
    expectEqual(is.p, plainP, "p");
    expectEqual(is.q, plainQ, "q");
    EXPECT_EQ(is.count, (std::vector<int>{23, 23, 23, 14, 1}));
    EXPECT_EQ(meansOf(example()), is.mean);
}

TEST(CellStatistics, RatiosOfMeansAreThoseOfNumpy) {
    auto cells = example();
    cells.weights = exampleWeights;
    const auto is = statisticsOf(cells);
    expectEqual(is.mean, ratioMean, "ratio");
    expectEqual(is.low, ratioLow, "low");
    expectEqual(is.high, ratioHigh, "high");
    expectEqual(is.p, ratioP, "p");
    expectEqual(is.q, ratioQ, "q");
}

TEST(CellStatistics, DifferencesArePaired) {
    auto first = example();
    first.values = first.values.leftCols(3).eval();
    auto second = first;
    second.values = first.values.square();
    first.weights = exampleWeights;
    const auto is = statisticsOfDifference(first, second);
    expectEqual(is.mean, differenceMean, "mean");
    expectEqual(is.low, differenceLow, "low");
    expectEqual(is.high, differenceHigh, "high");
    expectEqual(is.p, differenceP, "p");

    // Of plain means it is what the differences say.
    first.weights.clear();
    auto differences = first;
    differences.values -= second.values;
    const auto paired = statisticsOfDifference(first, second), plain = statisticsOf(differences);
    expectEqual(paired.low, plain.low, "low");
    expectEqual(paired.high, plain.high, "high");
    expectEqual(paired.p, plain.p, "p");
    const auto none = statisticsOfDifference(first, first);
    EXPECT_EQ(none.low, std::vector<double>(3, 0.0));
    EXPECT_EQ(none.p, std::vector<double>(3, 1.0));
}

TEST(CellStatistics, DifferencesAreOfWhatBothHave) {
    auto first = example(), second = example();
    second.values += 1.0;
    second.values(20, 0) = nan;
    const auto is = statisticsOfDifference(first, second);
    EXPECT_EQ(is.count[0], 22);
    EXPECT_NEAR(is.mean[0], -1.0, 1e-13);
    EXPECT_NEAR(is.high[3], -1.0, 1e-13);
}

/// Sums one by one, for any numbers of samples, cells, resamples and flips.
TEST(CellStatistics, IsWhatSumsOneByOneGive) {
    for (const auto& [samples, cells] :
         {std::pair{2, 1}, std::pair{3, 9}, std::pair{300, 11}, std::pair{257, 8}}) {
        SampledCells sampled{noise(samples, cells, 5), {}, {131, 97, 0xFEDCBA9876543210}};
        const auto is = statisticsOf(sampled);
        const auto n = static_cast<std::size_t>(samples);
        const auto draws = bootstrapDraws(sampled.resampling.seed, n, 0, 131);
        const auto signs = turnedSigns(sampled.resampling.seed, n, 97);
        for (Eigen::Index cell = 0; cell < cells; ++cell) {
            std::vector<double> means;
            for (std::size_t r = 0; r < 131; ++r) {
                double sum = 0.0;
                for (std::size_t i = 0; i < n; ++i)
                    sum += sampled.values(draws[r * n + i], cell);
                means.push_back(sum / samples);
            }
            int extreme = 1;
            for (std::size_t f = 0; f < 97; ++f) {
                double sum = 0.0;
                for (std::size_t i = 0; i < n; ++i) {
                    const bool turned = (signs[f * signBytes(n) + i / 8] >> (i % 8) & 1) != 0;
                    sum +=
                        (turned ? -1.0 : 1.0) * sampled.values(static_cast<Eigen::Index>(i), cell);
                }
                extreme += std::abs(sum) >= std::abs(sampled.values.col(cell).sum()) - 1e-10;
            }
            const auto at = static_cast<std::size_t>(cell);
            const auto interval = interval95(means);
            EXPECT_NEAR(is.low[at], interval.low, 1e-12);
            EXPECT_NEAR(is.high[at], interval.high, 1e-12);
            EXPECT_DOUBLE_EQ(is.p[at], extreme / 98.0);
        }
    }
}

TEST(CellStatistics, ACellIsTheSameWhateverIsBesideIt) {
    SampledCells all{noise(40, 19, 1), {}, {100, 100, 3}};
    all.values(3, 4) = nan;
    const auto whole = statisticsOf(all);
    for (const Eigen::Index cell : {0, 4, 18}) {
        auto one = all;
        one.values = all.values.col(cell).eval();
        const auto alone = statisticsOf(one);
        const auto at = static_cast<std::size_t>(cell);
        EXPECT_EQ(alone.mean[0], whole.mean[at]);
        EXPECT_EQ(alone.low[0], whole.low[at]);
        EXPECT_EQ(alone.high[0], whole.high[at]);
        EXPECT_EQ(alone.p[0], whole.p[at]);
    }
}

TEST(CellStatistics, OneSampleHasNoInterval) {
    const SampledCells one{Table::Constant(1, 2, 3.0), {}, {}};
    const auto is = statisticsOf(one);
    EXPECT_EQ(is.mean[0], 3.0);
    EXPECT_TRUE(std::isnan(is.low[0]) && std::isnan(is.high[0]));
    EXPECT_TRUE(std::isnan(is.p[0]) && std::isnan(is.q[0]));
    EXPECT_FALSE(is.holdsZero(0));
}

TEST(CellStatistics, NothingIsResampledWhereThatIsAskedFor) {
    const SampledCells cells{noise(5, 3, 1), {}, {0, 0, 0}};
    const auto is = statisticsOf(cells);
    EXPECT_TRUE(std::isnan(is.low[0]));
    EXPECT_TRUE(std::isnan(is.p[0]));
    EXPECT_FALSE(std::isnan(is.mean[0]));
}

TEST(CellStatistics, WhatIsAlwaysZeroTestsNothing) {
    const SampledCells cells{Table::Zero(6, 1), {}, {}};
    const auto is = statisticsOf(cells);
    EXPECT_TRUE(is.holdsZero(0));
    EXPECT_EQ(is.p[0], 1.0);
}

/// Ties of small sets: of three equal numbers a quarter of all signs are as extreme.
TEST(CellStatistics, CountsTies) {
    const SampledCells cells{Table::Constant(3, 1, 0.1), {}, {0, 10'000, 4}};
    EXPECT_NEAR(statisticsOf(cells).p[0], 0.25, 0.02);
}

/// Under the null p is uniform: each decile has a tenth of the cells, and intervals hold 0 in about
/// 95 of 100.
TEST(CellStatistics, IsCalibratedUnderTheNull) {
    constexpr Eigen::Index cells = 2000;
    const SampledCells sampled{noise(60, cells, 11), {}, {400, 999, 0}};
    const auto is = statisticsOf(sampled);
    std::vector<int> deciles(10, 0);
    int held = 0;
    for (std::size_t cell = 0; cell < is.p.size(); ++cell) {
        ++deciles[std::min<std::size_t>(9, static_cast<std::size_t>(is.p[cell] * 10.0))];
        held += is.holdsZero(cell) ? 1 : 0;
    }
    for (const int count : deciles) // 200 ± 4.5 standard deviations
        EXPECT_NEAR(count, 200, 60);
    EXPECT_NEAR(held / double(cells), 0.94, 0.02);
    EXPECT_EQ(std::count_if(is.q.begin(), is.q.end(), [](double q) { return q < 0.05; }), 0);
}

TEST(CellStatistics, PicksCells) {
    const auto whole = statisticsOf(example());
    const auto picked = pickedCells(whole, {3, 1});
    EXPECT_EQ(picked.q, (std::vector<double>{whole.q[3], whole.q[1]}));
    EXPECT_EQ(picked.count, (std::vector<int>{14, 23}));
    EXPECT_EQ(pickedCells(example(), {2}).values(4, 0), example().values(4, 2));
}

} // namespace
} // namespace residuum::test

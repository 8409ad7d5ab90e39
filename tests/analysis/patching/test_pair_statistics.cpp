// Statistics over pairs: columns of pairs of unequal length, ratios of means, agreement over pairs.
#include "analysis/patching/faithfulness.h"
#include "analysis/patching/pair_statistics.h"
#include "analysis/statistics/correlation.h"
#include "patching_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace residuum::test {
namespace {

using ::testing::ElementsAre;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Two layers, four positions; pairs of 4, 3 and 4 tokens. Value = 100 · pair + 10 · layer + pos.
PatchResult ragged() {
    PatchResult result;
    result.lengths = {4, 3, 4};
    result.cleanMetric = {3.0, 2.0, 5.0};
    result.corruptMetric = {1.0, 1.0, 1.0};
    PatchGrid grid{PatchMethod::Exact, PatchSite::ResidPre, {2, 4}, Table(3, 8)};
    for (Eigen::Index pair = 0; pair < 3; ++pair)
        for (Eigen::Index cell = 0; cell < 8; ++cell)
            grid.values(pair, cell) =
                pair == 1 && cell % 4 == 3 ? nan : double(100 * pair + 10 * (cell / 4) + cell % 4);
    result.grids = {grid};
    return result;
}

std::vector<double> row(const PatchGrid& grid, Eigen::Index pair) {
    const auto values = grid.values.row(pair);
    return {values.begin(), values.end()};
}

TEST(PairStatistics, WhatIsStillToComeIsNoWholeGrid) {
    auto result = ragged();
    auto& grid = result.grids[0];
    EXPECT_EQ(pairsThere(result, grid), 3U) << "the short one lacks what it has no tokens for";
    EXPECT_TRUE(isWhole(result, grid));
    grid.values(0, 2) = nan;
    EXPECT_EQ(pairsThere(result, grid), 2U);
    EXPECT_FALSE(isWhole(result, grid));
    grid.values(1, 0) = nan;
    EXPECT_EQ(pairsThere(result, grid), 1U);
}

/// Each resample written out.
TEST(PairStatistics, IntervalsOfEdgesAndCircuitsAreThoseOfResamplesWrittenOut) {
    PatchResult result;
    result.request.resamples = 80;
    result.request.seed = 5;
    result.cleanMetric = {3.0, 2.0, 5.0, 4.0};
    result.corruptMetric = {1.0, 1.0, 1.0, -2.0};
    EdgeGrid edges;
    edges.exact = Table(4, 2);
    edges.exact << 1, 5, 2, 4, 7, 3, -1, 2;
    edges.kept = Table(4, 1);
    edges.kept << 2.5, 1.5, 2.0, 1.0;
    std::vector<double> first, second, kept;
    for (int r = 0; r < 80; ++r) {
        double a = 0.0, b = 0.0, effect = 0.0, gap = 0.0;
        for (const auto pair : bootstrapDraws(5, 4, r, 1)) {
            a += edges.exact(pair, 0) / 4.0;
            b += edges.exact(pair, 1) / 4.0;
            effect += edges.kept(pair, 0) - result.corruptMetric[pair];
            gap += result.gap(pair);
        }
        first.push_back(a);
        second.push_back(b);
        kept.push_back(effect / gap);
    }
    const auto exact = exactIntervals(edges, result), circuits = keptIntervals(edges, result);
    ASSERT_EQ(exact.size(), 2U);
    ASSERT_EQ(circuits.size(), 1U);
    EXPECT_NEAR(exact[0].low, interval95(first).low, 1e-12);
    EXPECT_NEAR(exact[0].high, interval95(first).high, 1e-12);
    EXPECT_NEAR(exact[1].low, interval95(second).low, 1e-12);
    EXPECT_NEAR(circuits[0].low, interval95(kept).low, 1e-12);
    EXPECT_NEAR(circuits[0].high, interval95(kept).high, 1e-12);
    edges.exact.conservativeResize(1, 2);
    EXPECT_TRUE(exactIntervals(edges, result).empty()) << "of one pair";
}

TEST(PairColumns, PairsOfOneLengthHavePositions) {
    auto result = ragged();
    result.lengths = {4, 4, 4};
    result.roles = {{"end"}, {{3}, {3}, {3}}};
    const auto columns = columnsOf(result);
    EXPECT_EQ(columns.by, ColumnsBy::Position);
    EXPECT_THAT(columns.labels, ElementsAre("0", "1", "2", "3"));
    EXPECT_EQ(inColumns(result.grids[0], columns).shape, result.grids[0].shape);
    result.lengths.clear();
    EXPECT_EQ(columnsOf(result).by, ColumnsBy::Position);
}

TEST(PairColumns, OthersAreCountedFromTheEnd) {
    const auto result = ragged();
    const auto columns = columnsOf(result);
    EXPECT_EQ(columns.by, ColumnsBy::End);
    EXPECT_THAT(columns.labels, ElementsAre("-4", "-3", "-2", "-1"));
    const auto aligned = inColumns(result.grids[0], columns);
    EXPECT_EQ(row(aligned, 0), row(result.grids[0], 0));
    EXPECT_TRUE(std::isnan(aligned.values(1, 0)));
    EXPECT_THAT(std::vector<double>(&aligned.values(1, 1), &aligned.values(1, 4)),
                ElementsAre(100, 101, 102));
    EXPECT_THAT(std::vector<double>(&aligned.values(1, 5), &aligned.values(1, 8)),
                ElementsAre(110, 111, 112));
}

TEST(PairColumns, RolesStandInTheOrderOfThePrompts) {
    auto result = ragged();
    result.roles = {{"end", "IO", "S2", "none"}, {{3, 1, 2, -1}, {2, 0, 1, -1}, {3, -1, 0, -1}}};
    const auto columns = columnsOf(result);
    EXPECT_EQ(columns.by, ColumnsBy::Role);
    EXPECT_THAT(columns.labels, ElementsAre("IO", "S2", "end"));
    const auto aligned = inColumns(result.grids[0], columns);
    EXPECT_EQ(aligned.shape, (std::vector<std::int64_t>{2, 3}));
    EXPECT_THAT(row(aligned, 1), ElementsAre(100, 101, 102, 110, 111, 112));
    EXPECT_TRUE(std::isnan(aligned.values(2, 0)));
    EXPECT_EQ(aligned.values(2, 1), 200);
    const auto of = statisticsOf(sampledCells(result, result.grids[0], false));
    EXPECT_THAT(of.count, ElementsAre(2, 3, 3, 2, 3, 3));
    EXPECT_DOUBLE_EQ(of.mean[1], (2 + 101 + 200) / 3.0);
    // A pair without any role: then they are of no use.
    result.roles.positions[2] = {-1, -1, -1, -1};
    EXPECT_EQ(columnsOf(result).by, ColumnsBy::End);
}

TEST(PairColumns, ThePassesKnowLengthsAndRoles) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, Sites::LayerNorm, DType::Float64);
    auto pairs = randomPairs({{5, {1}}, {4, {0, 2}}}, 60, 3);
    pairs.roles = {{"end"}, {{4}, {3}}};
    Progress progress;
    PatchRequest request;
    request.methods = {PatchMethod::Attribution};
    const auto result = patchPairs(*model, pairs, request, progress);
    EXPECT_THAT(result->lengths, ElementsAre(5, 4));
    EXPECT_EQ(result->roles, pairs.roles);
    const auto columns = columnsOf(*result);
    EXPECT_THAT(columns.labels, ElementsAre("end"));
    const auto end = inColumns(result->grids[0], columns);
    EXPECT_FALSE(end.values.isNaN().any());
    EXPECT_EQ(end.values(1, 0), result->grids[0].values(1, 3));
}

TEST(PairStatistics, NormalisedMeansAreRatiosOfMeans) {
    const auto result = ragged();
    const auto cells = sampledCells(result, result.grids[0], true);
    const auto means = meansOf(cells);
    EXPECT_DOUBLE_EQ(means[3], (3 + 102 + 203) / (2.0 + 1.0 + 4.0));
    EXPECT_DOUBLE_EQ(means[0], (0 + 200) / (2.0 + 4.0)); // the second pair has no such column
}

TEST(PairStatistics, ASumOfGapsThatIsRoundingDividesNothing) {
    auto result = ragged();
    result.cleanMetric = {1.0, 2.0, 0.0};
    EXPECT_FALSE(hasSumOfGaps(result));
    EXPECT_TRUE(std::isnan(meansOf(sampledCells(result, result.grids[0], true))[3]));
    EXPECT_FALSE(std::isnan(meansOf(sampledCells(result, result.grids[0], false))[3]));
}

/// Exact and estimate of 30 pairs, 3 layers × 4 positions, of which the first is never changed.
PatchResult noisy(double error, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto draw = [&] { return static_cast<double>(random() % 2001) / 1000.0 - 1.0; };
    PatchResult result;
    PatchGrid exact{PatchMethod::Exact, PatchSite::ResidPre, {3, 4}, Table::Zero(30, 12)};
    auto estimate = exact;
    estimate.method = PatchMethod::Attribution;
    for (Eigen::Index pair = 0; pair < 30; ++pair) {
        result.cleanMetric.push_back(2.0 + draw());
        result.corruptMetric.push_back(0.5 * draw());
        for (Eigen::Index cell = 0; cell < 12; ++cell)
            if (cell % 4 != 0) {
                exact.values(pair, cell) = draw();
                estimate.values(pair, cell) = exact.values(pair, cell) + error * draw();
            }
    }
    result.grids = {exact, estimate};
    result.request.resamples = 200;
    result.request.flips = 300;
    result.request.seed = 5;
    return result;
}

TEST(PairStatistics, AgreementOverPairsIsAgreementWithIntervals) {
    const auto result = noisy(0.5, 1);
    const auto &exact = result.grids[0], &estimate = result.grids[1];
    const auto over = agreementOverPairs(result, exact, estimate, false);
    const auto plain = agreementOf(exact, estimate, false);
    EXPECT_EQ(over.agreement.pearson, plain.pearson);
    EXPECT_TRUE(over.pearson.holds(plain.pearson));
    EXPECT_TRUE(over.spearman.holds(plain.spearman));
    ASSERT_EQ(over.layers.mean.size(), plain.layerError.size());
    for (std::size_t layer = 0; layer < 3; ++layer) {
        EXPECT_NEAR(over.layers.mean[layer], plain.layerError[layer], 1e-14);
        EXPECT_LT(over.layers.low[layer], over.layers.mean[layer]);
        EXPECT_GT(over.layers.high[layer], over.layers.mean[layer]);
    }
    // A resample by hand: Pearson of the pairs it draws, zeros left out.
    std::vector<double> resampled;
    for (int r = 0; r < 200; ++r) {
        std::vector<double> a, b;
        for (const auto pair : bootstrapDraws(5, 30, r, 1))
            for (Eigen::Index cell = 0; cell < 12; ++cell)
                if (cell % 4 != 0) {
                    a.push_back(exact.values(pair, cell));
                    b.push_back(estimate.values(pair, cell));
                }
        resampled.push_back(pearson(a, b));
    }
    EXPECT_NEAR(over.pearson.low, interval95(resampled).low, 1e-12);
    EXPECT_NEAR(over.pearson.high, interval95(resampled).high, 1e-12);
}

TEST(PairStatistics, ErrorsArePaired) {
    const auto result = noisy(0.5, 1);
    const auto errors = sampledErrors(result, result.grids[0], result.grids[1], false);
    EXPECT_TRUE((errors.values == result.grids[1].values - result.grids[0].values).all());
}

TEST(PairStatistics, ImprovementIsTheFirstsErrorLessTheSeconds) {
    const auto coarse = noisy(1.0, 1), fine = noisy(0.25, 1);
    const auto a = agreementOverPairs(coarse, coarse.grids[0], coarse.grids[1], false),
               b = agreementOverPairs(fine, fine.grids[0], fine.grids[1], false);
    const auto improvement = improvementOf(a, b);
    EXPECT_EQ(improvement.values.rows(), 30);
    EXPECT_EQ(improvement.values.cols(), 3);
    EXPECT_NEAR(improvement.mean, improvement.values.mean(), 1e-14);
    const double squares = (improvement.values - improvement.mean).square().sum();
    EXPECT_NEAR(improvement.deviation, std::sqrt(squares / 89.0), 1e-14);
    EXPECT_NEAR(improvement.all.mean[0], improvement.mean, 1e-14);
    EXPECT_GT(improvement.all.low[0], 0.0);
    EXPECT_LT(improvement.all.p[0], 0.01);
    const auto none = improvementOf(a, a);
    EXPECT_EQ(none.mean, 0.0);
    EXPECT_TRUE(none.all.holdsZero(0));
    EXPECT_EQ(none.all.p[0], 1.0);
}

TEST(PairStatistics, NormalisedErrorsAreRatiosOfMeansToo) {
    const auto result = noisy(1.0, 2);
    const auto raw = agreementOverPairs(result, result.grids[0], result.grids[1], false),
               over = agreementOverPairs(result, result.grids[0], result.grids[1], true);
    double gap = 0.0;
    for (std::size_t pair = 0; pair < 30; ++pair)
        gap += result.gap(pair) / 30.0;
    EXPECT_NEAR(over.layers.mean[1], raw.layers.mean[1] / gap, 1e-14);
    EXPECT_NEAR(unweighted(over.layerErrors).col(1).mean(), over.layers.mean[1], 1e-14);
}

} // namespace
} // namespace residuum::test

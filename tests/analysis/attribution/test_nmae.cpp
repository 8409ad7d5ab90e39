#include "analysis/attribution/nmae.h"

#include <gtest/gtest.h>

#include <cmath>

namespace residuum {
namespace {

std::vector<AttributionRow> rowsOfSamples(int count) {
    std::vector<AttributionRow> rows(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        rows[static_cast<std::size_t>(i)].sample = i;
    return rows;
}

/// One layer, two heads: rows 2 and 3 of seven components.
Table heads(std::initializer_list<double> first, std::initializer_list<double> second) {
    Table table = Table::Constant(7, static_cast<Eigen::Index>(first.size()), 100.0);
    Eigen::Index i = 0;
    for (const double value : first)
        table(2, i++) = value;
    i = 0;
    for (const double value : second)
        table(3, i++) = value;
    return table;
}

TEST(Nmae, IsTheRatioOfMeansOverHeadsOnly) {
    const auto dla = heads({1.0, 2.0}, {-4.0, 0.0});
    const auto effect = heads({2.0, 2.0}, {-2.0, 2.0});
    DlaRequest request;
    request.bootstrapResamples = 0;
    const auto nmae = computeNmae(dla, effect, rowsOfSamples(2), 1, 2, request);
    EXPECT_DOUBLE_EQ(nmae.perHead(0, 0), 100.0 * 1.0 / 4.0);
    EXPECT_DOUBLE_EQ(nmae.perHead(0, 1), 100.0 * 4.0 / 4.0);
    EXPECT_DOUBLE_EQ(nmae.heads, 100.0 * 5.0 / 8.0);
    EXPECT_FALSE(nmae.ci95);
}

TEST(Nmae, IntervalCoversTheValueAndFollowsTheSeed) {
    const int samples = 40;
    Table dla = Table::Zero(7, samples), effect = Table::Zero(7, samples);
    for (int i = 0; i < samples; ++i) {
        for (const int row : {2, 3}) {
            effect(row, i) = 1.0;
            dla(row, i) = 1.0 + 0.01 * i;
        }
    }
    DlaRequest request;
    request.seed = 5;
    const auto rows = rowsOfSamples(samples);
    const auto nmae = computeNmae(dla, effect, rows, 1, 2, request);
    ASSERT_TRUE(nmae.ci95);
    EXPECT_NEAR(nmae.heads, 19.5, 1e-9);
    // The mean of 40 values 0 … 39 has a standard error of 11.54 / sqrt(40) = 1.83.
    EXPECT_NEAR((*nmae.ci95)[0], 19.5 - 1.96 * 1.83, 0.7);
    EXPECT_NEAR((*nmae.ci95)[1], 19.5 + 1.96 * 1.83, 0.7);
    EXPECT_EQ(computeNmae(dla, effect, rows, 1, 2, request).ci95, nmae.ci95);
    request.seed = 6;
    EXPECT_NE(computeNmae(dla, effect, rows, 1, 2, request).ci95, nmae.ci95);
}

TEST(Nmae, OneSampleHasNoInterval) {
    const Table dla = Table::Constant(7, 1, 1.5), effect = Table::Constant(7, 1, 1.0);
    EXPECT_FALSE(computeNmae(dla, effect, rowsOfSamples(1), 1, 2, DlaRequest{}).ci95);
    // Positions of one sequence are samples.
    const Table wide = Table::Constant(7, 3, 1.5), ones = Table::Constant(7, 3, 1.0);
    EXPECT_TRUE(computeNmae(wide, ones, std::vector<AttributionRow>(3), 1, 2, DlaRequest{}).ci95);
}

TEST(Nmae, IsNotANumberWithoutAnyEffect) {
    const Table zero = Table::Zero(7, 1);
    const auto nmae = computeNmae(zero, zero, rowsOfSamples(1), 1, 2, DlaRequest{});
    EXPECT_TRUE(std::isnan(nmae.heads));
    EXPECT_FALSE(nmae.ci95);
}

} // namespace
} // namespace residuum

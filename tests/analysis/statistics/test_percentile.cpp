#include "analysis/statistics/percentile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace residuum::test {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(Percentile, LiesBetweenOrderStatisticsInProportion) {
    EXPECT_DOUBLE_EQ(percentile({1.0, 2.0, 4.0}, 0.5), 2.0);
    EXPECT_DOUBLE_EQ(percentile({1.0, 2.0, 4.0}, 0.75), 3.0);
    EXPECT_DOUBLE_EQ(percentile({1.0, 2.0, 4.0}, 1.0), 4.0);
    EXPECT_DOUBLE_EQ(percentile({7.0}, 0.025), 7.0);
}

TEST(Percentile, IntervalsAreOfWhatIsFinite) {
    std::vector<double> values{nan, INFINITY};
    for (int i = 100; i >= 0; --i)
        values.push_back(i);
    const auto interval = interval95(values);
    EXPECT_DOUBLE_EQ(interval.low, 2.5);
    EXPECT_DOUBLE_EQ(interval.high, 97.5);
    EXPECT_TRUE(interval.holds(2.5));
    EXPECT_FALSE(interval.holds(0.0));
    EXPECT_FALSE(interval95({nan}).isThere());
    EXPECT_FALSE(interval95({}).holds(0.0));
}

/// The 15 p values of Benjamini and Hochberg 1995, section 3.2: four are below q* = 0.05.
TEST(Percentile, FalseDiscoveryRatesOfTheirAuthors) {
    const std::vector<double> p{0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                                0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000};
    const auto q = falseDiscoveryRates(p);
    EXPECT_THAT(std::vector<double>(q.begin(), q.begin() + 9),
                ElementsAre(DoubleNear(0.0015, 1e-15), DoubleNear(0.003, 1e-15),
                            DoubleNear(0.0095, 1e-15), DoubleNear(0.035625, 1e-15),
                            DoubleNear(0.0603, 1e-15), DoubleNear(0.0298 * 15 / 7, 1e-15),
                            DoubleNear(0.0298 * 15 / 7, 1e-15), DoubleNear(0.0645, 1e-15),
                            DoubleNear(0.0765, 1e-15)));
    EXPECT_EQ(std::count_if(q.begin(), q.end(), [](double each) { return each <= 0.05; }), 4);
    EXPECT_DOUBLE_EQ(q.back(), 1.0);
}

TEST(Percentile, FalseDiscoveryRatesKeepPlacesAndLeaveOutWhatIsMissing) {
    const auto q = falseDiscoveryRates({0.04, nan, 0.01, 0.03, 0.04});
    EXPECT_TRUE(std::isnan(q[1]));
    EXPECT_DOUBLE_EQ(q[2], 0.04); // 0.01 · 4 / 1
    EXPECT_DOUBLE_EQ(q[3], 0.04); // 0.03 · 4 / 2 = 0.06, but not more than what follows
    EXPECT_DOUBLE_EQ(q[0], 0.04);
    EXPECT_DOUBLE_EQ(q[4], 0.04);
    EXPECT_TRUE(falseDiscoveryRates({}).empty());
}

} // namespace
} // namespace residuum::test

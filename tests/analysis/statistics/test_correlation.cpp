#include "analysis/statistics/correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace residuum::test {
namespace {

SampledPoints points() {
    SampledPoints made;
    std::mt19937_64 random(3);
    made.samples = 12;
    for (std::size_t i = 0; i < 90; ++i) {
        const double x = static_cast<double>(random() % 20) - 10.0; // with ties
        made.a.push_back(x);
        made.b.push_back(x + static_cast<double>(random() % 15));
        made.sample.push_back(random() % 12);
    }
    return made;
}

TEST(Correlation, Known) {
    EXPECT_NEAR(pearson({1, 2, 3, 4}, {2, 4, 6, 9}), 0.9943767, 1e-7);
    EXPECT_DOUBLE_EQ(spearman({1, 2, 3, 4}, {2, 4, 60, 9000}), 1.0);
    EXPECT_NEAR(spearman({1, 1, 2, 3}, {1, 2, 3, 3}), 4.0 / 4.5, 1e-15);
    EXPECT_TRUE(std::isnan(pearson({1, 1}, {1, 2})));
    EXPECT_TRUE(std::isnan(spearman({}, {})));
}

/// Each resample written out, points as often as their sample is drawn.
TEST(Correlation, IntervalsAreThoseOfResamplesWrittenOut) {
    const auto made = points();
    const Resampling resampling{60, 0, 9};
    std::vector<double> linear, ranked;
    for (int r = 0; r < resampling.resamples; ++r) {
        std::vector<double> a, b;
        for (const auto drawn : bootstrapDraws(9, made.samples, r, 1))
            for (std::size_t i = 0; i < made.a.size(); ++i)
                if (made.sample[i] == drawn) {
                    a.push_back(made.a[i]);
                    b.push_back(made.b[i]);
                }
        linear.push_back(pearson(a, b));
        ranked.push_back(spearman(a, b));
    }
    const auto is = correlationIntervals(made, resampling);
    EXPECT_NEAR(is.pearson.low, interval95(linear).low, 1e-12);
    EXPECT_NEAR(is.pearson.high, interval95(linear).high, 1e-12);
    EXPECT_NEAR(is.spearman.low, interval95(ranked).low, 1e-12);
    EXPECT_NEAR(is.spearman.high, interval95(ranked).high, 1e-12);
}

TEST(Correlation, OneSampleHasNoInterval) {
    auto one = points();
    one.samples = 1;
    one.sample.assign(one.a.size(), 0);
    EXPECT_FALSE(correlationIntervals(one, {}).pearson.isThere());
}

} // namespace
} // namespace residuum::test

// When a run is to be stopped.
#include "analysis/removal/watch.h"

#include <cmath>
#include <gtest/gtest.h>

namespace residuum::test {
namespace {

RunRecord healthy(int steps) {
    RunRecord record;
    for (int i = 0; i < steps; ++i)
        record.steps.push_back({.loss = 3.0 + 0.1 * (i % 3), .gradNorm = 0.4 + 0.2 * (i % 2)});
    return record;
}

void add(RunRecord& record, double loss, double gradNorm) {
    record.steps.push_back({.loss = loss, .gradNorm = gradNorm});
}

TEST(Watch, LetsHealthyRunsBe) {
    for (const int steps : {0, 1, 9, 10, 60, 300})
        EXPECT_FALSE(watch(healthy(steps)).fault.has_value());
    auto record = healthy(60);
    add(record, 4.4, 1.2); // the spike after an ln_2 event, gradients doubled
    const auto report = watch(record);
    EXPECT_FALSE(report.fault.has_value());
    EXPECT_FALSE(report.suspicious);
}

TEST(Watch, StopsAtNumbersThatAreNone) {
    auto record = healthy(2);
    add(record, NAN, 1.0);
    EXPECT_TRUE(watch(record).fault.has_value());
    record = healthy(2);
    add(record, 3.0, INFINITY);
    EXPECT_TRUE(watch(record).fault.has_value());
}

TEST(Watch, StopsAtALossThreeNatsAboveItsMedian) {
    auto record = healthy(20);
    add(record, 6.0, 0.5);
    EXPECT_FALSE(watch(record).fault.has_value());
    add(record, 6.2, 0.5);
    EXPECT_TRUE(watch(record).fault.has_value());
}

TEST(Watch, StopsAtTheFifthLargeGradientInARow) {
    auto record = healthy(30);
    for (int i = 0; i < 4; ++i) {
        add(record, 3.1, 8.0);
        EXPECT_FALSE(watch(record).fault.has_value());
        EXPECT_TRUE(watch(record).suspicious);
    }
    auto recovered = record;
    add(recovered, 3.1, 0.5);
    EXPECT_FALSE(watch(recovered).suspicious);
    add(record, 3.1, 8.0);
    EXPECT_TRUE(watch(record).fault.has_value());
}

} // namespace
} // namespace residuum::test

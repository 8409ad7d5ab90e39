#include "core/task/error.h"
#include "core/task/progress.h"

#include <gtest/gtest.h>

#include <thread>
#include <utility>
#include <vector>

namespace residuum {
namespace {

TEST(Progress, DoesNothingByDefault) {
    Progress progress;
    progress.begin("stage", 3);
    progress.advance(3);
    progress.check();
}

TEST(Progress, ReportsFirstAndLastAndThrottlesBetween) {
    std::vector<ProgressReport> reports;
    Progress progress(
        {}, [&](const ProgressReport& r) { reports.push_back(r); }, std::chrono::hours(1));
    progress.begin("stage", 1000);
    for (int i = 0; i < 1000; ++i)
        progress.advance();
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(reports.front().fraction, 0.0);
    EXPECT_FALSE(reports.front().secondsLeft);
    EXPECT_EQ(reports.back().fraction, 1.0);
    EXPECT_EQ(reports.back().secondsLeft, 0.0);
}

TEST(Progress, ThrowsOnceAStopIsRequested) {
    std::stop_source source;
    Progress progress(source.get_token(), {});
    progress.begin("stage", 2);
    progress.advance();
    source.request_stop();
    EXPECT_THROW(progress.advance(), Cancelled);
    EXPECT_THROW(progress.check(), Cancelled);
}

TEST(Progress, TimeThatOthersTakeIsNotItsOwn) {
    std::vector<ProgressReport> reports;
    bool urgent = false;
    Progress progress(
        {}, [&](const ProgressReport& r) { reports.push_back(r); }, std::chrono::hours(1),
        [&] {
            if (!std::exchange(urgent, false))
                return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
            return true;
        });
    progress.check();
    EXPECT_TRUE(reports.empty());
    progress.begin("stage", 2);
    urgent = true;
    progress.advance();
    ASSERT_EQ(reports.size(), 2U) << "said again what is being done";
    EXPECT_EQ(reports[1].stage, "stage");
    EXPECT_EQ(reports[1].fraction, 0.5);
    ASSERT_TRUE(reports[1].secondsLeft);
    EXPECT_LT(*reports[1].secondsLeft, 0.1);
}

TEST(Progress, AStopThatComesWhileOthersGoFirstEndsTheJob) {
    std::stop_source source;
    Progress progress(source.get_token(), {}, {}, [&] { return source.request_stop(); });
    EXPECT_THROW(progress.check(), Cancelled);
}

} // namespace
} // namespace residuum

// A run that is broken off again and again, killed included, is the run that never was.
#include "removal_setup.h"

#include "core/model/parameters.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace residuum::test {
namespace {

constexpr int steps = 1200;

enum ChildEnd { done = 0, stopped = 2 };

/// In a process of its own. stopAfter: steps after which it is asked to stop; 0: never.
pid_t started(const Model& model, JobIn job, int stopAfter) {
    const pid_t child = ::fork();
    if (child != 0)
        return child;
    std::stop_source stop;
    Told told;
    int here = 0;
    auto news = told.news();
    news.step = [&](const RunRecord&, const TrainingSpeed&) {
        if (++here == stopAfter)
            stop.request_stop();
    };
    Progress progress(stop.get_token(), {});
    try {
        run(model, job, news, progress);
    } catch (const Cancelled&) {
        ::_exit(stopped);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        ::_exit(9);
    }
    ::_exit(done);
}

TEST(Interruptions, TwentyOfThemAnywhereChangeNothing) {
    at::set_num_threads(1); // a forked child has no others
    const TemporaryFolder folder;
    const auto model = smallModel(folder.path() / "m");
    JobIn job;
    auto schedule = quickSchedule();
    schedule.steps = steps;
    for (int* start : {&schedule.startLn2, &schedule.startQk, &schedule.startV, &schedule.startLnf})
        *start *= steps / 24;
    job.plan = {schedule, RunPurpose::Removal, steps, 2, 2, 12, true, 7};
    job.text = readText(randomIds(folder.path() / "a.bin", 3000), {nullptr, 17, 16, 12});
    job.endOfText = 16;
    job.saveEvery = 10;
    job.keep = 3;
    job.request = "{}";
    job.folder = folder.path() / "whole";
    Told whole;
    Progress progress;
    const auto expected = run(*model, job, whole.news(), progress);

    job.folder = folder.path() / "broken";
    const auto hasCheckpoint = [&] {
        std::error_code none;
        for (const auto& entry :
             std::filesystem::directory_iterator(job.folder / "checkpoints", none))
            if (entry.path().filename().string().starts_with("step-"))
                return true;
        return false;
    };
    std::mt19937 random(11);
    int interrupted = 0;
    for (; interrupted < 20; ++interrupted) {
        job.resume = hasCheckpoint();
        const bool kill = interrupted % 2 == 1;
        const auto child = started(*model, job, kill ? 0 : 1 + static_cast<int>(random() % 40));
        if (kill) {
            std::this_thread::sleep_for(std::chrono::milliseconds(30 + random() % 250));
            ::kill(child, SIGKILL);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == done)
            break;
        ASSERT_TRUE(kill ? WIFSIGNALED(status) : WEXITSTATUS(status) == stopped);
    }
    EXPECT_EQ(interrupted, 20) << "the run ended before";
    job.resume = true;
    Told again;
    const auto outcome = run(*model, job, again.news(), progress);
    const Parameters a(openAt(expected.model, DType::Float32)->weights()),
        b(openAt(outcome.model, DType::Float32)->weights());
    for (std::size_t i = 0; i < a.all().size(); ++i)
        EXPECT_TRUE(at::equal(a.all()[i].value, b.all()[i].value)) << a.all()[i].key;
    int left = 0; // of what killed processes were writing, nothing stays
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::directory_iterator(job.folder / "checkpoints"))
        ++left;
    EXPECT_EQ(left, *job.keep);
    ASSERT_EQ(again.record.steps.size(), whole.record.steps.size());
    for (std::size_t i = 0; i < whole.record.steps.size(); ++i) {
        EXPECT_EQ(again.record.steps[i].loss, whole.record.steps[i].loss) << i;
        EXPECT_EQ(again.record.steps[i].sigma, whole.record.steps[i].sigma) << i;
    }
}

} // namespace
} // namespace residuum::test

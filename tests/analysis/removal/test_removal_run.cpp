// Whole runs: what they leave behind, and that nothing is lost when they are broken off.
#include "removal_setup.h"

#include "analysis/removal/trained_model.h"
#include "analysis/removal/trainer.h"
#include "core/checkpoint/model_files.h"
#include "core/model/forward.h"
#include "core/model/parameters.h"
#include "core/store/hdf5_reader.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gmock/gmock.h>

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

class Run : public ::testing::Test {
  protected:
    Run() : model_(smallModel(folder_.path() / "m")) {
        text_ = readText(randomIds(folder_.path() / "a.bin", 3000), {nullptr, 17, 16, 12});
    }

    JobIn job(const std::string& as) const {
        JobIn job;
        job.plan = {quickSchedule(), RunPurpose::Removal, 24, 2, 2, 12, true, 7};
        job.text = text_;
        job.endOfText = 16;
        job.folder = folder_.path() / as;
        job.saveEvery = 5;
        job.request = "{}";
        return job;
    }
    TrainingOutcome go(const JobIn& job, Told& told) const {
        Progress progress;
        return run(*model_, job, told.news(), progress);
    }
    /// Until it is stopped after some steps.
    void goUntil(const JobIn& job, int steps) const {
        std::stop_source stop;
        Told told;
        Progress progress(stop.get_token(), {});
        EXPECT_THROW(run(*model_, job, told.news(&stop, steps), progress), Cancelled);
    }
    static void expectSame(const fs::path& one, const fs::path& other) {
        const Parameters a(openAt(one, DType::Float32)->weights()),
            b(openAt(other, DType::Float32)->weights());
        for (std::size_t i = 0; i < a.all().size(); ++i)
            EXPECT_TRUE(at::equal(a.all()[i].value, b.all()[i].value)) << a.all()[i].key;
    }
    std::string reasonOf(const JobIn& job) const {
        Told told;
        try {
            go(job, told);
        } catch (const Error& error) {
            return error.what();
        }
        ADD_FAILURE() << "nothing was refused";
        return {};
    }

    TemporaryFolder folder_;
    std::shared_ptr<const Model> model_;
    TrainingText text_;
};

TEST_F(Run, LeavesARecordCheckpointsAndAModelWithoutLayerNorm) {
    Told told;
    auto asked = job("run");
    asked.held = readText(randomIds(folder_.path() / "held.bin", 100), {nullptr, 17, 16, 12});
    const auto outcome = go(asked, told);
    EXPECT_TRUE(outcome.exported);
    EXPECT_EQ(told.record.steps.size(), 24U);
    EXPECT_LT(told.record.steps.back().loss, 4.0);
    const auto made = openAt(outcome.model, DType::Float32);
    EXPECT_EQ(made->info().normalization.summary(), "removed");
    EXPECT_EQ(made->info().config.layer_norm_epsilon, 1e12);

    const Hdf5Reader record(asked.folder / "run.h5");
    EXPECT_EQ(record.textAttribute("/", "kind"), "removal");
    EXPECT_EQ(record.shape("/sigma"), (std::vector<std::int64_t>{24, 5}));
    EXPECT_EQ(record.strings("/site"),
              (std::vector<std::string>{"h.0.ln_1", "h.0.ln_2", "h.1.ln_1", "h.1.ln_2", "ln_f"}));
    EXPECT_EQ(record.numbers("/event").values,
              (std::vector<double>{4, 1, 6, 3, 8, 0, 10, 2, 12, 0, 15, 2, 18, 4}));
    EXPECT_EQ(record.numbers("/validation_step").values,
              (std::vector<double>{0, 5, 10, 15, 20, 24}));
    EXPECT_EQ(record.numbers("/tokens_seen").values.back(), 24.0 * 4 * 12);
    // A checkpoint half way is a model with some sites gone, and says the same as the record.
    const auto half = openAt(asked.folder / "checkpoints/step-10", DType::Float32);
    EXPECT_EQ(half->info().normalization.removedCount(), 3U);
    const auto sigma = record.numbers("/sigma", {9, 1}, {1, 1}).front();
    EXPECT_NEAR(std::get<RemovedNorm>(half->info().normalization.blocks[0].ln2).sigma, sigma,
                1e-6 * sigma);
}

TEST_F(Run, VanillaKeepsEverySite) {
    Told told;
    auto asked = job("run");
    asked.plan.purpose = RunPurpose::Vanilla;
    const auto outcome = go(asked, told);
    EXPECT_EQ(openAt(outcome.model, DType::Float32)->info().normalization,
              model_->info().normalization);
    EXPECT_GT(told.record.steps.back().auxLoss, 0.0); // told, no part of the gradient
    EXPECT_TRUE(told.record.events.empty());
}

TEST_F(Run, BrokenOffAnywhereAndResumedItIsTheSame) {
    Told told;
    const auto whole = go(job("whole"), told);
    for (const int at : {1, 3, 4, 5, 6, 8, 9, 10, 11, 12, 14, 15, 17, 18, 19, 22, 23}) {
        auto broken = job("broken" + std::to_string(at));
        goUntil(broken, at);
        broken.resume = true;
        Told again;
        const auto outcome = go(broken, again);
        expectSame(whole.model, outcome.model);
        for (std::size_t i = 0; i < 24; ++i) {
            EXPECT_EQ(again.record.steps[i].loss, told.record.steps[i].loss) << at << ", " << i;
            EXPECT_EQ(again.record.steps[i].sigma, told.record.steps[i].sigma) << at << ", " << i;
        }
    }
}

TEST_F(Run, KilledAndResumedItIsTheSame) {
    at::set_num_threads(1); // a forked child has no others
    Told told;
    const auto whole = go(job("whole"), told);
    for (const int at : {7, 13, 21}) {
        auto killed = job("killed" + std::to_string(at));
        const pid_t child = ::fork();
        if (child == 0) {
            Told unheard;
            auto news = unheard.news();
            news.step = [&](const RunRecord& record, const TrainingSpeed&) {
                if (static_cast<int>(record.steps.size()) == at)
                    ::kill(::getpid(), SIGKILL);
            };
            Progress progress;
            run(*model_, killed, news, progress);
            ::_exit(1);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_TRUE(WIFSIGNALED(status));
        killed.resume = true;
        Told again;
        const auto outcome = go(killed, again);
        expectSame(whole.model, outcome.model);
    }
}

TEST_F(Run, GoesOnFromAHalfRemovedCheckpointAsFromAnyModel) {
    Told told;
    go(job("run"), told);
    const auto half = openAt(folder_.path() / "run/checkpoints/step-10", DType::Float32);
    auto asked = job("on");
    Progress progress;
    const auto outcome = run(*half, asked, told.news(), progress);
    EXPECT_TRUE(outcome.exported);
    EXPECT_EQ(told.record.events.size(), 4U);
}

TEST_F(Run, EndsBeforeTheLastSiteWithACheckpointAlone) {
    auto asked = job("run");
    asked.plan.steps = 13;
    Told told;
    const auto outcome = go(asked, told);
    EXPECT_FALSE(outcome.exported);
    EXPECT_EQ(outcome.realSites, 2U);
    EXPECT_FALSE(fs::exists(asked.folder / "model"));
    EXPECT_EQ(outcome.model, asked.folder / "checkpoints/step-13");
    // Longer, later: the cosine is the schedule's either way.
    asked.resume = true;
    asked.plan.steps = 24;
    Told rest;
    EXPECT_TRUE(go(asked, rest).exported);
    go(job("whole"), told);
    expectSame(asked.folder / "model", folder_.path() / "whole/model");
}

TEST_F(Run, ATwoSigmaModelIsExportedExactly) {
    Parameters parameters(smallModel(folder_.path() / "m", DType::Float64)->weights());
    at::manual_seed(3);
    for (const auto& parameter : parameters.all())
        parameter.value.add_(at::randn_like(parameter.value) * 0.2);
    Normalization sites;
    sites.blocks = {{RemovedNorm{1.5}, RemovedNorm{0.7}, RemovedNorm{2.0}},
                    {RemovedNorm{0.9}, RemovedNorm{1.1}, RemovedNorm{1.3}}};
    sites.ln_f = RemovedNorm{3.0};
    parameters.setSites(sites);
    Progress progress;
    AtomicFolder folder(folder_.path() / "out", checkpoint::requireOwnModel);
    writeEpsilonTrick(folder, parameters, {folder_.path() / "m", {}, "hash", "a test"}, progress);
    folder.commit();
    const auto made = openAt(folder_.path() / "out", DType::Float64);
    const auto tokens = at::randint(0, 17, {2, 9}, at::kLong);
    const auto of = [&](const Weights& weights) {
        return forward(weights, tokens, std::nullopt, nullptr, Progress());
    };
    EXPECT_TRUE(at::allclose(of(made->weights()), of(parameters.weights()), 1e-12, 1e-12));
    sites.blocks[1].ln2 = LayerNorm{};
    parameters.setSites(sites);
    AtomicFolder refused(folder_.path() / "no", checkpoint::requireOwnModel);
    EXPECT_THROW(
        writeEpsilonTrick(refused, parameters, {folder_.path() / "m", {}, "", ""}, progress),
        Error);
}

TEST_F(Run, WhatCannotBeIsSaidAndNothingIsLost) {
    auto asked = job("run");
    goUntil(asked, 6);
    EXPECT_THAT(reasonOf(asked), ::testing::HasSubstr("--resume"));
    asked.resume = true;
    asked.plan.schedule.startQk = 9;
    EXPECT_THAT(reasonOf(asked), ::testing::HasSubstr("schedule's start_qk (8, and 9 now)"));
    asked = job("run");
    asked.resume = true;
    const auto threads = at::get_num_threads();
    at::set_num_threads(threads == 1 ? 2 : 1);
    EXPECT_THAT(reasonOf(asked), ::testing::HasSubstr("threads"));
    at::set_num_threads(threads);
    asked.plan.steps = 3;
    EXPECT_THAT(reasonOf(asked), ::testing::HasSubstr("beyond step 3"));
    asked = job("none");
    asked.resume = true;
    EXPECT_THAT(reasonOf(asked), ::testing::HasSubstr("no checkpoint"));
    asked = job("big");
    asked.memory = 1000;
    EXPECT_THAT(reasonOf(asked), ::testing::HasSubstr("memory"));
    // Two at once: the second is told while the first is in its first step.
    Told told;
    auto news = told.news();
    bool told2 = false;
    news.step = [&](const RunRecord&, const TrainingSpeed&) {
        if (told2)
            return;
        EXPECT_THAT(reasonOf(job("two")), ::testing::HasSubstr("a run going on"));
        told2 = true;
    };
    Progress progress;
    run(*model_, job("two"), news, progress);
    EXPECT_TRUE(told2);
}

TEST_F(Run, AFullDiskCostsTheStepsSinceTheLastCheckpoint) {
    at::set_num_threads(1); // a forked child has no others
    Told told;
    const auto whole = go(job("whole"), told);
    auto full = job("full");
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGXFSZ, SIG_IGN);
        Told unheard;
        auto news = unheard.news();
        news.step = [](const RunRecord& record, const TrainingSpeed&) {
            const rlimit limit{4096, 4096};
            if (record.steps.size() == 7)
                ::setrlimit(RLIMIT_FSIZE, &limit);
        };
        Progress progress;
        try {
            run(*model_, full, news, progress);
        } catch (const Error& error) {
            const std::string why = error.what();
            const bool said = why.find("step-5 is the last good checkpoint") != why.npos &&
                              why.find("--resume") != why.npos;
            ::_exit(said ? 3 : 4);
        }
        ::_exit(5);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 3);
    EXPECT_FALSE(fs::exists(full.folder / "checkpoints/step-10"));
    full.resume = true;
    expectSame(whole.model, go(full, told).model);
}

TEST_F(Run, KeepsTheLastCheckpointsOnly) {
    auto asked = job("run");
    asked.keep = 2;
    Told told;
    go(asked, told);
    EXPECT_EQ(RunFolder(asked.folder, true).checkpointSteps(), (std::vector<int>{20, 24}));
}

TEST_F(Run, ADivergingRunStopsWithItsLastGoodCheckpoint) {
    auto asked = job("run");
    asked.plan.schedule.learningRate = asked.plan.schedule.minLearningRate = 1.0;
    asked.plan.schedule.warmup = 22;
    asked.plan.schedule.steps = asked.plan.steps = 2000;
    asked.saveEvery = 2;
    const auto reason = reasonOf(asked);
    EXPECT_THAT(reason, ::testing::HasSubstr("diverged at step"));
    EXPECT_THAT(reason, ::testing::HasSubstr("last good checkpoint is"));
    EXPECT_THAT(reason, ::testing::HasSubstr("wider gaps"));
    EXPECT_TRUE(fs::exists(asked.folder / "run.h5"));
}

} // namespace
} // namespace residuum::test

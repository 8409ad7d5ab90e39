// Schedules: the paper's to the letter, files, rates.
#include "removal_setup.h"

#include "core/task/error.h"

#include <cmath>

namespace residuum::test {
namespace {

ModelConfig ofDepth(int layers) {
    return syntheticConfig(layers, 2, 16, 17, 128);
}

PresetRun presetOf(Preset preset, int layers, bool vanilla = false) {
    return presetRun({preset, vanilla, {}, {}}, ofDepth(layers));
}

TEST(Schedule, FirstRemovalsFollowFromDepthAndGaps) {
    for (const auto& [preset, layers] : {std::pair{Preset::Small, 12},
                                         {Preset::Medium, 24},
                                         {Preset::Large, 36},
                                         {Preset::Xl, 48}}) {
        const auto s = presetOf(preset, layers).schedule;
        EXPECT_EQ(s.startQk, s.startLn2 + layers * s.gapLn2) << name(preset);
        EXPECT_EQ(s.startV, s.startQk + layers * s.gapQk) << name(preset);
        EXPECT_EQ(s.startLnf, s.startV + layers * s.gapV) << name(preset);
    }
}

TEST(Schedule, ThePapers) {
    const auto small = presetOf(Preset::Small, 12), xl = presetOf(Preset::Xl, 48);
    EXPECT_EQ(small.batch * small.accumulate * small.length, 524288);
    EXPECT_EQ(xl.batch * xl.accumulate * xl.length, 516096);
    EXPECT_EQ(presetOf(Preset::Medium, 24).batch * 23 * 1024, 518144);
    EXPECT_EQ(presetOf(Preset::Large, 36).accumulate * 28 * 1024, 516096);
    EXPECT_EQ(small.schedule.startLnf, 104);
    EXPECT_EQ(xl.schedule.startLnf, 722);
    EXPECT_EQ(xl.schedule.steps, 1200);
    EXPECT_EQ(xl.steps, 800);
    EXPECT_DOUBLE_EQ(xl.schedule.momentum, std::pow(0.9, 18.0 / 32.0));
    EXPECT_DOUBLE_EQ(xl.schedule.auxWeight, 0.01);
    const auto control = presetOf(Preset::Small, 12, true);
    EXPECT_EQ(control.batch, 40);
    EXPECT_EQ(control.accumulate, 12);
    EXPECT_EQ(control.schedule.warmup, 20);
    EXPECT_THROW(presetOf(Preset::Medium, 12), Error);
}

TEST(Schedule, ScaledIsSmallInProportion) {
    const auto same = presetRun({Preset::Scaled, false, 300, 16}, ofDepth(12));
    EXPECT_EQ(same.schedule, presetOf(Preset::Small, 12).schedule);
    const auto shallow = presetRun({Preset::Scaled, false, 600, 4}, ofDepth(4));
    EXPECT_EQ(shallow.schedule.startLn2, 40);
    EXPECT_EQ(shallow.schedule.startQk, 40 + 4 * shallow.schedule.gapLn2);
    EXPECT_LT(shallow.schedule.startLnf, 300);
    EXPECT_THROW(presetRun({Preset::Scaled, false, 20, 4}, ofDepth(12)), Error);
}

TEST(Schedule, WarmsUpFromNothingThenFallsByHalfACosine) {
    Schedule s;
    s.steps = 26, s.warmup = 3, s.learningRate = 1e-3, s.minLearningRate = 2e-4;
    EXPECT_EQ(rateAt(s, 0), 0.0);
    EXPECT_DOUBLE_EQ(rateAt(s, 2), 1e-3 * 2 / 3);
    EXPECT_DOUBLE_EQ(rateAt(s, 3), 1e-3);
    EXPECT_NEAR(rateAt(s, 26), 2e-4, 1e-18);
    EXPECT_NEAR(rateAt(s, 10), 2e-4 + 8e-4 * 0.5 * (1.0 + std::cos(M_PI * 7.0 / 23.0)), 1e-18);
}

TEST(Schedule, FilesComeBack) {
    const auto schedule = quickSchedule();
    EXPECT_EQ(parseSchedule(scheduleJson(schedule), "s.json"), schedule);
    EXPECT_THROW(parseSchedule("{\"steps\": 3}", "s.json"), Error);
    auto text = scheduleJson(schedule);
    text.insert(text.size() - 1, ",\"wramup\":3");
    EXPECT_THROW(parseSchedule(text, "s.json"), Error);
}

} // namespace
} // namespace residuum::test

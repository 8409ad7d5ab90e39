#include "analysis/removal/schedule.h"

#include "analysis/question/settings.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

namespace residuum {

namespace {

/// A column of SCIENCE §6's table.
struct Published {
    int depth;
    PresetRun run;
};

Published published(Preset preset) {
    Schedule s;
    switch (preset) {
    case Preset::Medium:
        s.steps = 500, s.warmup = 10;
        s.startQk = 68, s.startV = 116, s.startLnf = 188;
        return {24, {s, 500, 22, 23}};
    case Preset::Large:
    case Preset::Xl: {
        const bool xl = preset == Preset::Xl;
        s.steps = 1200, s.warmup = xl ? 20 : 15;
        s.learningRate = xl ? 1e-4 : 3e-4, s.minLearningRate = xl ? 2e-5 : 4e-5;
        s.startLn2 = xl ? 50 : 30, s.startQk = xl ? 242 : 174;
        s.startV = xl ? 434 : 318, s.startLnf = xl ? 722 : 534;
        s.gapLn2 = s.gapQk = 4, s.gapV = 6;
        s.auxWeight = xl ? 0.01 : 0.03;
        s.momentum = std::pow(0.9, (xl ? 18.0 : 28.0) / 32.0);
        return xl ? Published{48, {s, 800, 18, 28}} : Published{36, {s, 600, 28, 18}};
    }
    default:
        return {12, {s, 300, 32, 16}};
    }
}

/// GPT-2 small's control was a run of its own.
void makeControl(Preset preset, PresetRun& run) {
    if (preset != Preset::Small)
        return;
    run.schedule.warmup = 20;
    run.batch = 40;
    run.accumulate = 12;
}

PresetRun scaled(const PresetWish& wish, const ModelConfig& config) {
    const auto small = published(Preset::Small).run;
    PresetRun run{small.schedule, wish.steps.value_or(300), 4, wish.accumulate.value_or(4),
                  config.n_ctx};
    auto& s = run.schedule;
    const double longer = run.steps / 300.0;
    const auto at = [&](int step) { return static_cast<int>(std::lround(step * longer)); };
    const auto gap = [&](int from, int to) {
        return std::max(1, static_cast<int>(std::lround((to - from) * longer / config.n_layers)));
    };
    s.steps = run.steps;
    s.warmup = std::max(1, at(small.schedule.warmup));
    s.startLn2 = at(20), s.gapLn2 = gap(20, 44);
    s.startQk = s.startLn2 + config.n_layers * s.gapLn2, s.gapQk = gap(44, 68);
    s.startV = s.startQk + config.n_layers * s.gapQk, s.gapV = gap(68, 104);
    s.startLnf = s.startV + config.n_layers * s.gapV;
    s.momentum = std::pow(0.9, 16.0 / run.accumulate);
    if (s.startLnf >= run.steps)
        throw Error("--steps " + std::to_string(run.steps),
                    "is too few to remove the sites of " + counted(config.n_layers, "layer") +
                        " one after the other: ln_f would be removed before step " +
                        std::to_string(s.startLnf) + "; give more steps or a --schedule");
    return run;
}

} // namespace

std::string scheduleJson(const Schedule& schedule) {
    auto copy = schedule;
    return settingsText(settingsOf(copy));
}

Schedule parseSchedule(const std::string& json, const std::filesystem::path& file) {
    Schedule schedule;
    readEntry(settingsOf(schedule), json, "the schedule", file);
    if (schedule.dropout >= 1.0)
        throw Error(file.string(), "the schedule's \"dropout\" must be below 1");
    if (schedule.beta1 >= 1.0 || schedule.beta2 >= 1.0)
        throw Error(file.string(), "the schedule's \"beta1\" and \"beta2\" must be below 1");
    return schedule;
}

Schedule readSchedule(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad())
        throw Error(file.string(), "cannot be read; a schedule's JSON is expected");
    return parseSchedule(text, file);
}

double rateAt(const Schedule& schedule, int step) {
    if (step < schedule.warmup)
        return schedule.learningRate * step / schedule.warmup;
    const double span = std::max(1, schedule.steps - schedule.warmup);
    const double part = std::min(1.0, (step - schedule.warmup) / span);
    return schedule.minLearningRate +
           (schedule.learningRate - schedule.minLearningRate) * 0.5 * (1.0 + std::cos(M_PI * part));
}

int removalStep(const Schedule& schedule, const RemovedSite& site) {
    switch (site.kind) {
    case SiteKind::Ln2:
        return schedule.startLn2 + site.layer * schedule.gapLn2;
    case SiteKind::Ln1Qk:
        return schedule.startQk + site.layer * schedule.gapQk;
    case SiteKind::Ln1V:
        return schedule.startV + site.layer * schedule.gapV;
    case SiteKind::LnF:
        break;
    }
    return schedule.startLnf;
}

std::string siteName(const RemovedSite& site) {
    const auto block = "h." + std::to_string(site.layer) + ".";
    switch (site.kind) {
    case SiteKind::Ln2:
        return block + "ln_2";
    case SiteKind::Ln1Qk:
        return block + "ln_1.qk";
    case SiteKind::Ln1V:
        return block + "ln_1.v";
    case SiteKind::LnF:
        break;
    }
    return "ln_f";
}

PresetRun presetRun(const PresetWish& wish, const ModelConfig& config) {
    if (wish.preset == Preset::Scaled)
        return scaled(wish, config);
    auto [depth, run] = published(wish.preset);
    if (depth != config.n_layers)
        throw Error("--preset " + name(wish.preset),
                    "is for models of " + counted(depth, "layer") + ", this one has " +
                        std::to_string(config.n_layers) + "; use --preset scaled");
    if (wish.vanilla)
        makeControl(wish.preset, run);
    return run;
}

} // namespace residuum

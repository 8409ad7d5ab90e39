// When what is removed, and how the weights are trained meanwhile (SCIENCE §6). Torch-free.
//
// Steps count from 0: "step k" is the update after k others.
#pragma once

#include "analysis/question/codec.h"
#include "analysis/question/fields.h"
#include "core/checkpoint/config.h"

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace residuum {

/// A schedule file's object (golden/training/schedule.json).
struct Schedule {
    int steps = 300; ///< of the cosine; a run may end earlier
    double learningRate = 6e-4, minLearningRate = 3e-4;
    int warmup = 25;
    int startLn2 = 20, gapLn2 = 2; ///< the first removal, and from each layer's to the next one's
    int startQk = 44, gapQk = 2;
    int startV = 68, gapV = 3;
    int startLnf = 104;
    double auxWeight = 0.1;
    double momentum = 0.9; ///< of σ, per forward call of a micro-batch
    double weightDecay = 0.01, clip = 1.0, beta1 = 0.9, beta2 = 0.999, adamEps = 1e-8;
    double dropout = 0.1;
    bool maskEndOfText = true;

    static constexpr auto fields() {
        using S = Schedule;
        constexpr int most = 100'000'000;
        return std::tuple{field(&S::steps, "steps").within(1, most),
                          field(&S::learningRate, "learning_rate").within(0, 1),
                          field(&S::minLearningRate, "min_learning_rate").within(0, 1),
                          field(&S::warmup, "warmup").within(0, most),
                          field(&S::startLn2, "start_ln2").within(0, most),
                          field(&S::gapLn2, "gap_ln2").within(0, most),
                          field(&S::startQk, "start_qk").within(0, most),
                          field(&S::gapQk, "gap_qk").within(0, most),
                          field(&S::startV, "start_v").within(0, most),
                          field(&S::gapV, "gap_v").within(0, most),
                          field(&S::startLnf, "start_lnf").within(0, most),
                          field(&S::auxWeight, "aux_weight").within(0, 1000),
                          field(&S::momentum, "momentum").within(0, 1),
                          field(&S::weightDecay, "weight_decay").within(0, 1000),
                          field(&S::clip, "clip").within(0, most),
                          field(&S::beta1, "beta1").within(0, 1),
                          field(&S::beta2, "beta2").within(0, 1),
                          field(&S::adamEps, "adam_eps").within(0, 1),
                          field(&S::dropout, "dropout").within(0, 1),
                          field(&S::maskEndOfText, "mask_end_of_text")};
    }

    friend bool operator==(const Schedule&, const Schedule&) = default;
};

/// One line of JSON.
std::string scheduleJson(const Schedule& schedule);
/// Throws Error naming the file and the key.
Schedule parseSchedule(const std::string& json, const std::filesystem::path& file);
Schedule readSchedule(const std::filesystem::path& file);

/// Linear from 0 over the warm-up, then half a cosine down to the least.
double rateAt(const Schedule& schedule, int step);

/// ln_1 is two sites: as read by queries and keys, and by values.
enum class SiteKind { Ln2, Ln1Qk, Ln1V, LnF };
struct RemovedSite {
    SiteKind kind = SiteKind::LnF;
    int layer = 0;
};
/// The step before whose update it is removed.
int removalStep(const Schedule& schedule, const RemovedSite& site);
/// "h.0.ln_1.qk", "ln_f".
std::string siteName(const RemovedSite& site);

enum class Preset { Small, Medium, Large, Xl, Scaled };
template <>
struct NamesOf<Preset> {
    static constexpr std::array<std::pair<Preset, std::string_view>, 5> list{
        {{Preset::Small, "small"},
         {Preset::Medium, "medium"},
         {Preset::Large, "large"},
         {Preset::Xl, "xl"},
         {Preset::Scaled, "scaled"}}};
};

/// How a run is made where nothing else is asked for.
struct PresetRun {
    Schedule schedule;
    int steps = 300; ///< where it was published
    int batch = 32, accumulate = 16, length = 1024;
};
struct PresetWish {
    Preset preset = Preset::Scaled;
    bool vanilla = false;
    /// Of `scaled`: the run's length, else 300; micro-batches a step, else 4.
    std::optional<int> steps, accumulate;
};
/// The paper's four to the letter, for models of their depth. `scaled` is GPT-2 small's in
/// proportion: of any depth and number of steps, σ forgetting as much per step. Throws Error where
/// the depth is another than the preset's, or the steps are too few for the depth.
PresetRun presetRun(const PresetWish& wish, const ModelConfig& config);

} // namespace residuum

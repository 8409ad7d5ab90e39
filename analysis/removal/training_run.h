// A run from its first step, or where it was left off, to the model it makes: a removal of
// LayerNorm, its control, or a training from scratch (SCIENCE §6). Torch-free.
#pragma once

#include "analysis/removal/run_folder.h"
#include "analysis/removal/run_plan.h"
#include "analysis/removal/run_record.h"
#include "analysis/removal/training_text.h"
#include "core/model/model.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace residuum {

struct TrainingJob {
    RunPlan plan;
    TrainingText text;
    std::optional<TrainingText> held; ///< for validation
    std::int64_t endOfText = -1;
    std::filesystem::path tokenizer; ///< folder of the model's tokenizer files; empty: none
    bool resume = false;
    int saveEvery = 50;       ///< steps between checkpoints
    std::optional<int> keep;  ///< of the checkpoints the last so many; else all
    std::uint64_t memory = 0; ///< bytes that may be taken; 0: unknown
    std::string request;      ///< JSON that reproduces the run
};

/// How fast a run goes.
struct TrainingSpeed {
    double tokensPerSecond = 0.0; ///< of the steps of this process
    double secondsLeft = 0.0;
    /// What the matrix products of a step alone would take, as a share of what a step takes.
    double productShare = 0.0;
};

/// What is told while a run goes on, on the thread that runs it.
struct TrainingNews {
    std::function<void(const std::string& sentence)> say;
    std::function<void(const RunRecord& record, const TrainingSpeed& speed)> step; ///< after each
};

struct TrainingOutcome {
    bool exported = false; ///< false: sites are left, the last checkpoint is all there is
    std::size_t realSites = 0;
    std::filesystem::path model; ///< model/, or the last checkpoint
    int steps = 0;
};

/// Writes run.h5, checkpoints/ and model/ into the folder. Throws Error: before anything is written
/// where the job cannot be (memory, sites, texts, a checkpoint of another run); later where the run
/// diverges or a checkpoint cannot be written, the last good one then being named. Throws Cancelled
/// after the steps that were done are in a checkpoint.
TrainingOutcome runTraining(const Model& model, const TrainingJob& job, const RunFolder& folder,
                            const TrainingNews& news, Progress& progress);

/// "40 s", "12 minutes", "3.4 hours".
std::string durationText(double seconds);

/// Bytes that a run takes where each block's activations are made again in the backward pass: the
/// least there is; and where they are kept.
struct RunMemory {
    std::int64_t least = 0, usual = 0;
};
RunMemory runMemory(const Model& model, const RunPlan& plan);

} // namespace residuum

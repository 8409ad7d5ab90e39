// What `train` and `remove-ln` have in common: options, what is told, the run itself.
#pragma once

#include "analysis/removal/training_run.h"
#include "app/cli/options.h"

#include <CLI/App.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace residuum {

struct TrainingOptions {
    std::string dataset, validation, output, schedule;
    std::string order = "shuffled";
    std::optional<int> steps, batch, accumulate, length, keep;
    int saveEvery = 50;
    std::uint64_t seed = 0;
    bool resume = false;
    CommonOptions common;
};

/// --dataset, --validation.
void addTrainingTexts(CLI::App& command, TrainingOptions& options);
CLI::Option* addScheduleOption(CLI::App& command, TrainingOptions& options);
/// --steps … -o, and the common options.
void addTrainingOptions(CLI::App& command, TrainingOptions& options, const std::string& seedHelp);

/// Throws UsageError where the dtype is none to train in.
void requireTrainingType(const TrainingOptions& options);

/// Reads the texts of `options` for `model` and makes the rest of the job.
TrainingJob trainingJob(const TrainingOptions& options, const Model& model, const RunPlan& plan,
                        const Tokenizer* tokenizer, Progress& progress);

/// Runs it, telling of it on standard output unless quiet. `request`: of the job, what is not of
/// every training.
TrainingOutcome runTold(const TrainingOptions& options, const Model& model, TrainingJob& job,
                        const RunFolder& folder, Progress& progress);

} // namespace residuum

// A run from its first step, or where it was left off, to the model it makes (SCIENCE §6).
// Torch-free.
#pragma once

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

struct RemovalJob {
    RunPlan plan;
    TrainingText text;
    std::optional<TrainingText> held; ///< for validation
    std::int64_t endOfText = -1;
    std::filesystem::path folder;
    std::filesystem::path tokenizer; ///< folder of the model's tokenizer files; empty: none
    bool resume = false;
    int saveEvery = 50;       ///< steps between checkpoints
    std::uint64_t memory = 0; ///< bytes that may be taken; 0: unknown
    std::string request;      ///< JSON that reproduces the run
};

/// What is told while a run goes on, on the thread that runs it.
struct RemovalNews {
    std::function<void(const std::string& sentence)> say;
    /// After every step; tokensPerSecond: of the steps of this process.
    std::function<void(const RunRecord& record, double tokensPerSecond)> step;
};

struct RemovalOutcome {
    bool exported = false; ///< false: sites are left, the last checkpoint is all there is
    std::size_t realSites = 0;
    std::filesystem::path model; ///< model/, or the last checkpoint
    int steps = 0;
};

/// Writes run.h5, checkpoints/ and model/ into the job's folder. Throws Error: before anything is
/// written where the job cannot be (memory, sites, texts, another run in the folder, a checkpoint
/// of another run); later where the run diverges, the last good checkpoint then being named. Throws
/// Cancelled after the steps that were done are in a checkpoint.
RemovalOutcome removeLayerNorm(const Model& model, const RemovalJob& job, const RemovalNews& news,
                               Progress& progress);

/// Bytes that a run takes where each block's activations are made again in the backward pass: the
/// least there is; and where they are kept.
struct RunMemory {
    std::int64_t least = 0, usual = 0;
};
RunMemory runMemory(const Model& model, const RunPlan& plan);

} // namespace residuum

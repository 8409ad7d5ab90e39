// A run at one of its steps on disk: a model that can be opened, and all that its next step needs.
#pragma once

#include "analysis/removal/run_plan.h"
#include "analysis/removal/trained_model.h"
#include "core/model/model_info.h"

#include <filesystem>
#include <string>

namespace residuum {

class Trainer;
struct TrainingText;

/// What a run must have in common with one that goes on with it.
struct RunIdentity {
    std::string plan; ///< JSON of the plan, without where the run ends
    std::string weightsHash;
    std::string datasetSha256;
    std::string dtype, device;
    int threads = 0;

    friend bool operator==(const RunIdentity&, const RunIdentity&) = default;
};
RunIdentity identityOf(const RunPlan& plan, const TrainingText& text, const ModelInfo& model);

/// Bytes of a checkpoint with values of `parameterBytes`.
std::uint64_t checkpointBytes(std::int64_t parameterBytes);

/// Writes the folder, whole or not at all. Throws Error, Cancelled.
void saveCheckpoint(const std::filesystem::path& folder, Trainer& trainer,
                    const RunIdentity& identity, const TrainedFrom& from, Progress& progress);

/// Throws Error saying what differs where the checkpoint is of another run than `identity`.
void requireSameRun(const std::filesystem::path& folder, const RunIdentity& identity);
/// Moments, sites and record; `trainer` was made with the checkpoint's weights. Throws Error.
void loadCheckpoint(const std::filesystem::path& folder, Trainer& trainer);

} // namespace residuum

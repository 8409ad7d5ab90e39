// run.h5: what a run has told so far (CONTRACT, kinds train and removal). Torch-free.
#pragma once

#include "analysis/removal/run_record.h"
#include "core/model/model_info.h"

#include <filesystem>
#include <string>

namespace residuum {

/// What of a run does not change while it goes on.
struct RunOrigin {
    std::string kind;    ///< "removal" or "train"
    ModelInfo model;     ///< that it began with
    std::string request; ///< JSON that reproduces it
    std::string key;     ///< hash of everything that determines its numbers
};

/// Writes the whole file anew, atomically: readers always find a whole one. Throws Error.
void writeRunFile(const std::filesystem::path& file, const RunOrigin& origin,
                  const RunRecord& record);

} // namespace residuum

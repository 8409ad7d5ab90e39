// Starts the window. The only door from the command line into Qt.
#pragma once

#include "app/questions.h"
#include "core/model/model_info.h"
#include "core/store/result_cache.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

struct WorkbenchOptions {
    /// Models, sessions (.residuum) and result files (.h5) as named on the command line; empty: the
    /// last session, or the demo models.
    std::vector<std::string> models;
    NumericSettings numeric;
    std::filesystem::path demoFolder;   ///< with original/, vanilla/, ln-free/
    std::optional<CacheSettings> cache; ///< empty: results are not kept
    std::filesystem::path stateFolder;  ///< of sessions kept by themselves; empty: none are
    std::string startupWarning;         ///< e.g. about a slow BLAS; shown in the status bar
    /// Draw the window into this PNG once every job is done, and exit (works without a display).
    std::filesystem::path screenshot;
    std::string panel; ///< in front, by its name; empty: the first
    int width = 1280;  ///< of the window, device-independent pixels
    int height = 800;
};

/// Runs the workbench until its window closes; returns the exit status. Throws Error where a
/// screenshot cannot be written, or would lack a model or result that was asked for.
int runWorkbench(int& argc, char** argv, const Questions& questions,
                 const WorkbenchOptions& options);

} // namespace residuum

// Starts the window. The only door from the command line into Qt.
#pragma once

#include "core/model/model_info.h"

#include <filesystem>
#include <string>
#include <vector>

namespace residuum {

struct WorkbenchOptions {
    std::vector<std::string> models; ///< as named on the command line; empty: the demo models
    NumericSettings numeric;
    std::filesystem::path demoFolder; ///< with original/, vanilla/, ln-free/
    std::string startupWarning;       ///< e.g. about a slow BLAS; shown in the status bar
    /// Draw the window into this PNG once every job is done, and exit (works without a display).
    std::filesystem::path screenshot;
    int width = 1280; ///< of the window, device-independent pixels
    int height = 800;
};

/// Runs the workbench until its window closes; returns the exit status. Throws Error when a
/// screenshot cannot be written.
int runWorkbench(int& argc, char** argv, const WorkbenchOptions& options);

} // namespace residuum

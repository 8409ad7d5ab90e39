// Starts the window. The only door from the command line into Qt.
#pragma once

#include "analysis/question/beginning.h"
#include "app/questions.h"
#include "core/model/model_info.h"
#include "core/store/result_cache.h"

#include <QMargins>
#include <QSize>

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
    int threads = 0;                    ///< to compute with; 0: as the user has set it
    std::string startupWarning;         ///< e.g. about a slow BLAS; shown in the status bar
    /// Draw the window into this PNG once every job is done, and exit (works without a display).
    std::filesystem::path screenshot;
    std::string panel; ///< in front, by its name; empty: the session's, or the first
    int width = 1280;  ///< of the window, device-independent pixels
    int height = 800;
    bool fitsScreen = false;        ///< no size was asked for: no larger than the screen has room
    std::optional<Beginning> asked; ///< instead of the document's prompt
};

/// What of `wanted` fits, with a frame around it, into what a screen has free.
QSize firstSize(QSize wanted, QSize available, QMargins frame);

/// Runs the workbench until its window closes; returns the exit status. Throws Error where a
/// screenshot cannot be written, or would lack a model or result that was asked for.
int runWorkbench(int& argc, char** argv, const Questions& questions,
                 const WorkbenchOptions& options);

} // namespace residuum

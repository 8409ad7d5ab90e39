// What the program knows of the questions that it can ask, and the one list of them.
#pragma once

#include "analysis/question/session.h"
#include "app/cli/commands.h"
#include "app/cli/opened_models.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

class QuestionPanel;
class Workspace;
struct FigureKind;

/// One question, to be looped over.
struct QuestionEntry {
    std::string kind;  ///< of its result files, and its subcommand
    std::string panel; ///< its name on the command line and in sessions
    void (*addCommand)(CLI::App& app, Action& action);
    /// Throws Error where what a session asks cannot be read.
    void (*checkSession)(const Session& session);
    /// Computes what a session asks, or takes it from the cache, and writes it. Returns warnings;
    /// empty: it asks nothing, and nothing is written. Throws Error.
    std::optional<std::vector<std::string>> (*writeSession)(const Session& session,
                                                            const OpenedModels& opened,
                                                            ResultCache* cache, Progress& progress,
                                                            const std::filesystem::path& target,
                                                            bool quiet);
    FigureOptions (*figureOptions)(const Session& session);
    // Null in a build without Qt:
    FigureKind (*figures)() = nullptr;
    void (*addBoard)(Workspace& workspace) = nullptr;
    QuestionPanel* (*makePanel)(Workspace& workspace) = nullptr;
};

using Questions = std::vector<QuestionEntry>;

/// A new question is added here and nowhere else.
Questions questions();

/// Throws Error where what a session asks cannot be read, or a panel shows a view that there is
/// not.
void checkSession(const Session& session, const Questions& questions);

} // namespace residuum

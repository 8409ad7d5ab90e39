// The subcommands, none of which needs a display. Each adds itself to the command line and, when
// chosen, leaves in `action` what is to be done.
#pragma once

#include <CLI/App.hpp>

#include <functional>
#include <vector>

namespace residuum {

struct QuestionEntry;

using Action = std::function<int()>;

void addInspectCommand(CLI::App& app, Action& action);
void addTokenizeCommand(CLI::App& app, Action& action);
void addRunCommand(CLI::App& app, Action& action);
void addPairsCommand(CLI::App& app, Action& action);
/// Of every question's results and of what a session asks of each.
void addFigureCommand(CLI::App& app, Action& action, const std::vector<QuestionEntry>& questions);
void addRunSessionCommand(CLI::App& app, Action& action,
                          const std::vector<QuestionEntry>& questions);
void addConvertCommand(CLI::App& app, Action& action);
void addTrainCommand(CLI::App& app, Action& action);
void addRemoveLnCommand(CLI::App& app, Action& action);
void addStoriesCommand(CLI::App& app, Action& action);
void addCacheCommand(CLI::App& app, Action& action);

} // namespace residuum

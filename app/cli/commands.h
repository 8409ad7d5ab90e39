// The subcommands, none of which needs a display. Each adds itself to the command line and, when
// chosen, leaves in `action` what is to be done.
#pragma once

#include <CLI/App.hpp>

#include <functional>

namespace residuum {

using Action = std::function<int()>;

void addInspectCommand(CLI::App& app, Action& action);
void addTokenizeCommand(CLI::App& app, Action& action);
void addRunCommand(CLI::App& app, Action& action);
void addPairsCommand(CLI::App& app, Action& action);
void addFigureCommand(CLI::App& app, Action& action);
void addRunSessionCommand(CLI::App& app, Action& action);
void addCacheCommand(CLI::App& app, Action& action);

} // namespace residuum

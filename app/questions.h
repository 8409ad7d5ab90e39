// The questions that the program can ask: the one list of them.
#pragma once

#include "app/cli/commands.h"

#include <string>
#include <vector>

namespace residuum {

struct QuestionEntry {
    std::string kind; ///< of its result files, and its subcommand
    void (*addCommand)(CLI::App& app, Action& action);
};

std::vector<QuestionEntry> questions();

} // namespace residuum

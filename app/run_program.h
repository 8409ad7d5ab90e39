// The program: the workbench without a subcommand, headless with one.
#pragma once

#include "app/questions.h"

namespace residuum {

/// Returns the exit status; what goes wrong is said on standard error.
int runProgram(int argc, char** argv, const Questions& questions);

} // namespace residuum

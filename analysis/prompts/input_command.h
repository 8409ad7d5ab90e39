// An input as arguments of a shell command.
#pragma once

#include "analysis/prompts/input_request.h"

#include <string>

namespace residuum {

/// `text` as one word of a POSIX shell.
std::string shellQuoted(const std::string& text);

/// " --prompt=… --bos", " --ids 1,2,3", " --dataset F --sequences 10".
std::string inputArguments(const InputRequest& request);

} // namespace residuum

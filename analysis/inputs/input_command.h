// An input as arguments of a shell command.
#pragma once

#include "analysis/inputs/input_request.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <string>

namespace residuum {

/// `text` as one word of a POSIX shell.
std::string shellQuoted(const std::string& text);

/// `path` as it can be used in any folder; a path that cannot be made absolute is left as it is.
std::string absolutePath(const std::filesystem::path& path);

/// " MODEL… --tokenizer F" of a whole request (`requestText`). Throws nlohmann's exceptions.
std::string modelArguments(const nlohmann::json& request);

/// " --prompt=… --bos", " --ids 1,2,3", " --dataset F --sequences 10".
std::string inputArguments(const InputRequest& request);

/// " --dtype float64 --device cuda" of a request's member "numeric"; nothing for what is usual.
/// Throws nlohmann's exceptions.
std::string numericArguments(const nlohmann::json& numeric);

} // namespace residuum

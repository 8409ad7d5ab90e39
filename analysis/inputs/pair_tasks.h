// Generators of aligned clean and corrupted prompts. All text was written for this project.
#pragma once

#include "analysis/inputs/pair_request.h"

#include <functional>
#include <string>
#include <vector>

namespace residuum {

struct PairTask {
    std::string name;    ///< "ioi", …
    std::string summary; ///< one line for help and menus
    std::string example; ///< a clean prompt
};

/// ioi, ioi-io, ioi-paper, greater-than, pronouns, agreement, induction.
const std::vector<PairTask>& pairTasks();

/// Endless pairs of a task, the same for the same seed on every machine. Throws UsageError listing
/// the tasks for an unknown one.
std::function<PromptPair()> pairGenerator(const std::string& task, std::uint64_t seed);

} // namespace residuum

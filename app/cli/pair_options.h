// Options that say which pairs of prompts are meant.
#pragma once

#include "analysis/inputs/pair_request.h"

#include <CLI/App.hpp>

#include <optional>
#include <string>
#include <vector>

namespace residuum {

struct PairOptions {
    std::vector<std::string> clean, corrupt, cleanIds, corruptIds, correct, incorrect;
    std::string file; ///< --prompts
    std::string task;
    std::optional<int> count;
    std::optional<std::uint64_t> seed;
    bool bos = false;

    /// Throws UsageError where options do not go together.
    PairRequest request() const;
};

void addPairOptions(CLI::App& command, PairOptions& options);
/// The same without --seed and --bos, which other inputs share.
void addPairSources(CLI::App& command, PairOptions& options);

/// "ioi: …", one task per line.
std::string pairTaskHelp();

} // namespace residuum

// Files of pairs of prompts: JSON lines, a JSON list, or another tool's layout.
#pragma once

#include "analysis/inputs/pair_layouts.h"
#include "core/task/progress.h"

#include <filesystem>
#include <string>
#include <vector>

namespace residuum {

struct PairFile {
    std::vector<PairRecord> records;
    std::string sha256;
};

/// JSON lines or one JSON list of what `pairOfObject` reads, AutoCircuit's object, EAP-IG's CSV;
/// recognised by content, not by name. UTF-8. Throws Error naming file and line: what it is
/// instead, what is malformed.
PairFile readPairFile(const std::filesystem::path& file);

} // namespace residuum

// The file layout of attribution results (CONTRACT, kind "dla").
#pragma once

#include "analysis/attribution/dla_result.h"
#include "analysis/results/result_file.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <vector>

namespace residuum {

inline constexpr int dlaAnalysisVersion = 1;

nlohmann::ordered_json toJson(const DlaRequest& request);

/// Writes one group per result; `file` was opened for the same models and input, in the same order.
void writeDla(ResultFile& file, const std::vector<std::shared_ptr<const DlaResult>>& results,
              const TokenInput& input);

} // namespace residuum

// A model's report as JSON: what `inspect --json` prints and what result files carry.
#pragma once

#include "core/model/model_info.h"

#include <nlohmann/json_fwd.hpp>

namespace residuum {

nlohmann::ordered_json toJson(const ModelInfo& info);

/// The inverse, of a text in `file`. Throws Error naming the file where a field is missing or out
/// of range. `numeric` is not part of the report and stays as it is by default.
ModelInfo modelInfoFromJson(const std::string& text, const std::filesystem::path& file);

} // namespace residuum

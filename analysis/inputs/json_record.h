// A line of a .jsonl dataset. Torch-free.
#pragma once

#include "core/index.h"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace residuum {

/// The member `text`. Throws Error naming `where`.
std::string recordText(const std::string& line, const std::string& where);
/// The numbers of `input_ids`, each below d_vocab. Throws Error naming `where`.
std::vector<TokenId> recordIds(const nlohmann::json& array, const std::string& where, int d_vocab);

} // namespace residuum

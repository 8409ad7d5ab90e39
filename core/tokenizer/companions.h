// The small files beside a vocabulary: tokenizer_config.json, special_tokens_map.json and
// added_tokens.json.
#pragma once

#include "core/tokenizer/added_tokens.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

/// What they say, as Hugging Face reads them.
struct Companions {
    std::vector<AddedToken> added;
    std::optional<std::string> unknown; ///< the token for what a pair cannot spell
    std::optional<bool> prefixSpace;    ///< whether a text is given a leading space
    std::vector<std::string> warnings;  ///< sentences on what is not done here
};

/// Reads those that `folder` has. Throws Error naming the file and the entry.
Companions readCompanions(const std::filesystem::path& folder);

} // namespace residuum

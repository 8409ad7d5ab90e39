// Tokens that were added to a vocabulary, as the files of Hugging Face's tokenizers list them.
#pragma once

#include "core/tokenizer/special_tokens.h"

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

/// One of them.
struct AddedToken {
    std::string text;
    std::optional<std::int32_t> id; ///< none: the vocabulary's or, where it has none, the next free
    SpecialRule rule;
    bool overrides = false; ///< its rule counts where another file lists it too
    std::filesystem::path file;
};

/// The entry `token` of `file` (an object with "content" and the rule's flags), named `where` in
/// errors. Its id is left empty. Throws Error.
AddedToken parseAddedToken(const std::filesystem::path& file, const std::string& where,
                           const nlohmann::json& token);

/// Adds what `more` has to `added`, as Hugging Face does: a text that is there already keeps its
/// id. Appends a sentence to `warnings` where the two files disagree about that.
void mergeAddedTokens(std::vector<AddedToken>& added, const std::vector<AddedToken>& more,
                      std::vector<std::string>& warnings);

/// Gives an id to those that have none. vocabulary: the model's own tokens, an object of texts and
/// ids, in `file`. Throws Error for an id that is none.
void giveIds(std::vector<AddedToken>& added, const std::filesystem::path& file,
             const nlohmann::json& vocabulary);

} // namespace residuum

// What the user gives to compute on, and the token sequences it stands for (CONTRACT, "INPUT").
#pragma once

#include "analysis/inputs/dataset.h"
#include "analysis/inputs/pair_request.h"
#include "analysis/inputs/token_input.h"
#include "core/checkpoint/config.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <vector>

namespace residuum {

/// Prompts, then id lists; or one dataset; or the clean prompts of pairs.
struct InputRequest {
    std::vector<std::string> prompts;
    std::vector<std::vector<TokenId>> ids;
    std::optional<DatasetRequest> dataset;
    std::optional<PairRequest> pairs{};
    bool prependEndOfText = false; ///< --bos; of pairs, theirs
};

/// A request and the tokens it stands for.
struct PromptInput {
    InputRequest request;
    TokenInput tokens;
    InputAccount account{};
};

/// Throws Error (nothing given, both prompts and a dataset, no tokenizer for text, …).
PromptInput resolveInput(const InputRequest& request, const Tokenizer* tokenizer,
                         const ModelConfig& config, Progress& progress);

/// The clean prompts of pairs, each with its answers.
PromptInput cleanPrompts(const PairInput& pairs);

/// What to warn of, one sentence each.
std::vector<std::string> warningsOf(const PromptInput& input);

/// JSON from which the same input can be made again, from any folder: paths are absolute.
nlohmann::ordered_json toJson(const InputRequest& request);
/// The same with the SHA-256 of the file that was read, for the record.
nlohmann::ordered_json toJson(const PromptInput& input);
/// The inverse, of JSON in `file`. Throws Error naming the file.
InputRequest inputRequestFromJson(const nlohmann::json& json, const std::filesystem::path& file);

} // namespace residuum

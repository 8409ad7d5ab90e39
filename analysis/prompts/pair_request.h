// Which pairs of prompts to patch: given, from a file, or generated; and the tokens they stand for
// (CONTRACT, "patch").
#pragma once

#include "analysis/prompts/prompt_pair.h"
#include "core/checkpoint/config.h"
#include "core/task/progress.h"
#include "core/tokenizer/tokenizer.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace residuum {

/// One pair as a person writes it: texts, or ids. Answers are TOKENs (`parseToken`).
struct PromptPair {
    std::string clean, corrupt;
    std::vector<TokenId> cleanIds, corruptIds; ///< instead of the texts where not empty
    std::string correct, incorrect;

    bool byIds() const { return !cleanIds.empty() || !corruptIds.empty(); }
    friend bool operator==(const PromptPair&, const PromptPair&) = default;
};

/// Pairs made by a generator (analysis/prompts/pair_tasks.h).
struct GeneratedPairs {
    std::string task;
    int count = 100;
    std::uint64_t seed = 0;

    friend bool operator==(const GeneratedPairs&, const GeneratedPairs&) = default;
};

/// Exactly one of the three.
struct PairRequest {
    std::vector<PromptPair> pairs;
    std::optional<std::filesystem::path> file; ///< JSONL, one PromptPair per line
    std::optional<GeneratedPairs> generated;
    bool prependEndOfText = false; ///< --bos

    friend bool operator==(const PairRequest&, const PairRequest&) = default;
};

/// Pairs that this tokenizer cannot use: their lengths differ, their answers are several tokens.
struct RejectedPairs {
    std::size_t count = 0;
    std::string example; ///< the first one and why, one sentence

    friend bool operator==(const RejectedPairs&, const RejectedPairs&) = default;
};

/// A request and the tokens it stands for.
struct PairInput {
    PairRequest request;
    PairTokens tokens;
    RejectedPairs rejected;
};

/// Given pairs must be usable; of files and generators the unusable ones are left out and counted.
/// Throws Error: nothing given, a malformed line, no usable pair, no tokenizer for text, a token
/// outside the vocabulary.
PairInput resolvePairs(const PairRequest& request, const Tokenizer* tokenizer,
                       const ModelConfig& config, Progress& progress);

/// The pairs of a JSONL file with `clean`, `corrupt` or `clean_ids`, `corrupt_ids`, and `correct`,
/// `incorrect` (TOKEN or id) per line. Throws Error naming file and line.
std::vector<PromptPair> readPairs(const std::filesystem::path& file);
/// The inverse. Throws Error.
void writePairs(const std::filesystem::path& file, const std::vector<PromptPair>& pairs);

/// JSON from which the same input can be made again.
nlohmann::ordered_json toJson(const PairRequest& request);
/// The inverse, of JSON in `file`. Throws Error naming the file.
PairRequest pairRequestFromJson(const nlohmann::json& json, const std::filesystem::path& file);

/// " --clean=… --corrupt=… --correct=… --incorrect=…", " --prompts F", " --task ioi --pairs 100".
std::string pairArguments(const PairRequest& request);

} // namespace residuum

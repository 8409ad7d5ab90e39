// Which pairs of prompts to patch: given, from a file, or generated; and the tokens they stand for
// (CONTRACT, "patch").
#pragma once

#include "analysis/inputs/input_account.h"
#include "analysis/inputs/prompt_pair.h"
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

/// A word that the task is about, e.g. "IO".
struct PromptRole {
    std::string name;
    std::size_t at = 0; ///< its last byte in the clean text

    friend bool operator==(const PromptRole&, const PromptRole&) = default;
};

/// One pair as a person writes it: texts, or ids. Answers are TOKENs (`parseToken`).
struct PromptPair {
    std::string clean, corrupt;
    std::vector<TokenId> cleanIds, corruptIds; ///< instead of the texts where not empty
    std::string correct, incorrect;
    /// Further answers of each side, which then stands for the mean over its tokens.
    std::vector<std::string> moreCorrect{}, moreIncorrect{};
    std::vector<PromptRole> roles{}; ///< where a generator knows them; in no file

    bool byIds() const { return !cleanIds.empty() || !corruptIds.empty(); }
    friend bool operator==(const PromptPair&, const PromptPair&) = default;
};

/// Pairs made by a generator (analysis/inputs/pair_tasks.h).
struct GeneratedPairs {
    std::string task;
    int count = 100;
    std::uint64_t seed = 0;

    friend bool operator==(const GeneratedPairs&, const GeneratedPairs&) = default;
};

/// Exactly one of the three.
struct PairRequest {
    std::vector<PromptPair> pairs;
    std::optional<std::filesystem::path> file; ///< see pair_file.h
    std::optional<GeneratedPairs> generated;
    bool prependEndOfText = false; ///< --bos

    friend bool operator==(const PairRequest&, const PairRequest&) = default;
};

/// A request and the tokens it stands for.
struct PairInput {
    PairRequest request;
    PairTokens tokens;
    InputAccount account{};
};

/// Given pairs must be usable; of files and generators the unusable ones (`pairProblem`, answers
/// of several tokens) are left out and accounted for. `twoAnswers`: whether the metric is the
/// difference of two answers. Throws Error: nothing given, a malformed line, no usable pair, no
/// tokenizer for text.
PairInput resolvePairs(const PairRequest& request, const Tokenizer* tokenizer,
                       const ModelConfig& config, Progress& progress, bool twoAnswers = true);

/// What to warn of, one sentence each.
std::vector<std::string> warningsOf(const PairInput& input);
std::vector<std::string> warningsOf(const PairRequest& request, const InputAccount& account);

/// Writes pairs as JSON lines. Throws Error.
void writePairs(const std::filesystem::path& file, const std::vector<PromptPair>& pairs);

/// JSON from which the same input can be made again, from any folder: paths are absolute.
nlohmann::ordered_json toJson(const PairRequest& request);
/// The same with the SHA-256 of the file that was read, for the record.
nlohmann::ordered_json toJson(const PairInput& input);
/// The inverse, of JSON in `file`. Throws Error naming the file.
PairRequest pairRequestFromJson(const nlohmann::json& json, const std::filesystem::path& file);

/// " --clean=… --corrupt=… --correct=… --incorrect=…", " --prompts F", " --task ioi --pairs 100".
std::string pairArguments(const PairRequest& request);

} // namespace residuum

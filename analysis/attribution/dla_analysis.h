// Attribution as a kind of result: what the cache, result files and figures need to know of it.
#pragma once

#include "analysis/attribution/dla_request.h"
#include "analysis/attribution/dla_result.h"
#include "analysis/prompts/input_request.h"
#include "analysis/results/answer.h"

#include <memory>
#include <string>
#include <vector>

namespace residuum {

/// See analysis/results/answer.h. File layout: CONTRACT, kind "dla".
struct DlaAnalysis {
    using Request = DlaRequest;
    using Input = PromptInput;
    using Result = DlaResult;

    static constexpr const char* kind = "dla";
    static constexpr int version = 2; // 2: no digits lost beside a dominating component

    static std::string settings(const DlaRequest& request);
    /// The inverse, of the member "dla" of a whole request (`requestText`) found in `file`. Throws
    /// Error naming the file.
    static DlaRequest requestOf(const std::string& requestText, const std::filesystem::path& file);
    static std::string asked(const PromptInput& input);
    /// The shell command that computes a whole request again, without its -o. Throws Error.
    static std::string command(const std::string& requestText, const std::filesystem::path& file);
    static ResultTokens tokens(const PromptInput& input) { return {{"tokens", &input.tokens}}; }
    static bool centersUnembed(const DlaRequest& request) { return request.centerUnembed; }

    static std::shared_ptr<const DlaResult> compute(const Model& model, const PromptInput& input,
                                                    const DlaRequest& request, Progress& progress);
    /// Of the numbers in a file, at most.
    static std::uint64_t bytes(const ModelInfo& model, const PromptInput& input,
                               const DlaRequest& request);
    static void write(ResultFile& file, std::size_t index, const DlaResult& result,
                      const PromptInput& input);
    /// Throws Error naming the file and what is missing or inconsistent in it.
    static std::shared_ptr<DlaResult> read(const ResultReader& reader, std::size_t index);
    /// What the target of each row of `result`, read from there, says; "#id" where the file does
    /// not tell.
    static std::vector<std::string> targetTexts(const ResultReader& reader, std::size_t index,
                                                const DlaResult& result);
};

} // namespace residuum

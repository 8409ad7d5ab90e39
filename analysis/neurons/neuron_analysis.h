// Confidence neurons as a kind of result: what the cache, result files and figures need to know.
#pragma once

#include "analysis/neurons/neurons.h"
#include "analysis/prompts/input_request.h"
#include "analysis/results/answer.h"

#include <memory>
#include <string>

namespace residuum {

/// See analysis/results/answer.h. File layout: CONTRACT, kind "neurons".
struct NeuronAnalysis {
    using Request = NeuronRequest;
    using Input = PromptInput;
    using Result = NeuronResult;

    static constexpr const char* kind = "neurons";
    static constexpr int version = 1;

    static std::string settings(const NeuronRequest& request);
    /// The inverse, of the member "neurons" of a whole request (`requestText`) found in `file`.
    /// Throws Error naming the file.
    static NeuronRequest requestOf(const std::string& requestText,
                                   const std::filesystem::path& file);
    static std::string asked(const PromptInput& input);
    /// The shell command that computes a whole request again, without its -o. Throws Error.
    static std::string command(const std::string& requestText, const std::filesystem::path& file);
    static ResultTokens tokens(const PromptInput& input) { return {{"tokens", &input.tokens}}; }
    static bool centersUnembed(const NeuronRequest&) { return true; }

    static std::shared_ptr<const NeuronResult> compute(const Model& model, const PromptInput& input,
                                                       const NeuronRequest& request,
                                                       Progress& progress);
    /// Of the numbers in a file, at most.
    static std::uint64_t bytes(const ModelInfo& model, const PromptInput& input, const NeuronRequest& request);
    static void write(ResultFile& file, std::size_t index, const NeuronResult& result,
                      const PromptInput& input);
    /// Throws Error naming the file and what is missing or inconsistent in it.
    static std::shared_ptr<NeuronResult> read(const ResultReader& reader, std::size_t index);
};

} // namespace residuum

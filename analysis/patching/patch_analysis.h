// Patching as a kind of result: what the cache, result files and figures need to know of it.
#pragma once

#include "analysis/patching/patching.h"
#include "analysis/prompts/pair_request.h"
#include "analysis/results/answer.h"

#include <memory>
#include <string>

namespace residuum {

/// See analysis/results/answer.h. File layout: CONTRACT, kind "patch".
struct PatchAnalysis {
    using Request = PatchRequest;
    using Input = PairInput;
    using Result = PatchResult;

    static constexpr const char* kind = "patch";
    static constexpr int version = 1;

    static std::string settings(const PatchRequest& request);
    /// The inverse, of the member "patch" of a whole request (`requestText`) found in `file`.
    /// Throws Error naming the file.
    static PatchRequest requestOf(const std::string& requestText,
                                  const std::filesystem::path& file);
    static std::string asked(const PairInput& input);
    /// The shell command that computes a whole request again, without its -o. Throws Error.
    static std::string command(const std::string& requestText, const std::filesystem::path& file);
    static ResultTokens tokens(const PairInput& input) {
        ResultTokens tokens{{"clean", &input.tokens.clean},
                            {"corrupt", &input.tokens.corrupt},
                            {"answers", &input.tokens.answers}};
        if (!input.tokens.moreCorrect.sequences.empty())
            tokens.insert(tokens.end(), {{"more_correct", &input.tokens.moreCorrect},
                                         {"more_incorrect", &input.tokens.moreIncorrect}});
        return tokens;
    }
    static bool centersUnembed(const PatchRequest&) { return false; }

    static std::shared_ptr<const PatchResult> compute(const Model& model, const PairInput& input,
                                                      const PatchRequest& request,
                                                      Progress& progress);
    /// Of the numbers in a file, at most.
    static std::uint64_t bytes(const ModelInfo& model, const PairInput& input,
                               const PatchRequest& request);
    static void write(ResultFile& file, std::size_t index, const PatchResult& result,
                      const PairInput& input);
    /// Throws Error naming the file and what is missing or inconsistent in it.
    static std::shared_ptr<PatchResult> read(const ResultReader& reader, std::size_t index);
};

} // namespace residuum

// Patching as a kind of result: what the cache, result files and figures need to know of it.
#pragma once

#include "analysis/inputs/pair_request.h"
#include "analysis/patching/patch_settings.h"
#include "analysis/patching/patching.h"
#include "analysis/question/answer.h"

#include <memory>
#include <string>

namespace residuum {

/// A Question that can be gone on with where it was broken off. File layout: CONTRACT, kind
/// "patch".
struct PatchAnalysis
    : QuestionOf<PatchAnalysis, PatchRequest, PairInput, PatchResult, PatchSettings> {
    static constexpr const char* kind = "patch";
    static constexpr const char* panel = "patching";
    static constexpr int version = 1;

    /// Edges and paths have no cells of their own to go on from.
    static bool canGoOn(const PatchRequest& request);
    /// What role which position has: the same tokens may come from a file or from a task.
    static void takeOfInput(PatchResult& result, const PairInput& input);
    static constexpr const char* description =
        "activation patching: exact, by attribution, along edges and paths";
    static constexpr const char* less = "fewer pairs or --sites";

    static PairInput resolve(const PairRequest& input, const PatchRequest& request,
                             const Tokenizer* tokenizer, const ModelConfig& config,
                             Progress& progress);
    static Cost cost(const Model& model, const PairInput& input, const PatchRequest& request,
                     std::int64_t memory);
    /// Nothing while the session's prompts are no pair.
    static OfSession ofSession(const Session& session, const SessionModels& models);
    static FigureOptions figureOptions(const PatchSettings& shown);
    static std::string summary(const PatchResult& result);
    static std::vector<std::string> warnings(const PatchResult& result, const PairInput& input);
    static bool centersUnembed(const PatchRequest&) { return false; }

    static std::shared_ptr<const PatchResult> compute(const Model& model, const PairInput& input,
                                                      const PatchRequest& request,
                                                      Job<PatchResult>& job);
    /// Of the numbers in a file, at most.
    static std::uint64_t bytes(const ModelInfo& model, const PairInput& input,
                               const PatchRequest& request);
    static void fields(FieldWalk& walk, PatchResult& result);
};

} // namespace residuum

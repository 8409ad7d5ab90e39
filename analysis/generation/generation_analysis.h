// Generation as a kind of result: what the cache, result files and figures need to know of it.
#pragma once

#include "analysis/generation/generation_request.h"
#include "analysis/generation/generation_result.h"
#include "analysis/question/answer.h"

#include <memory>
#include <string>

namespace residuum {

/// A Question. File layout: CONTRACT, kind "generate".
struct GenerationAnalysis : QuestionOf<GenerationAnalysis, GenerationRequest, PromptInput,
                                       GenerationResult, GenerationRequest> {
    static constexpr const char* kind = "generate";
    static constexpr const char* panel = "generation";
    static constexpr const char* description = "how each model goes on writing a prompt";
    static constexpr const char* less = "fewer --tokens";
    static constexpr bool readsTokenizer = true; // they say where a text ends, and what it says
    static constexpr bool needsFile = false;
    static constexpr bool onePrompt = true;

    /// One prompt.
    static PromptInput resolve(const InputRequest& input, const GenerationRequest& request,
                               const Tokenizer* tokenizer, const ModelConfig& config,
                               Progress& progress);
    /// The text, headed by its model and why it ends.
    static std::string summary(const GenerationResult& result);
    static std::shared_ptr<const GenerationResult> compute(const Model& model,
                                                           const PromptInput& input,
                                                           const GenerationRequest& request,
                                                           Job<GenerationResult>& job);
    static std::uint64_t bytes(const ModelInfo& model, const PromptInput& input,
                               const GenerationRequest& request);
    static void fields(FieldWalk& walk, GenerationResult& result);
};

/// "50 tokens, as many as asked for": how much a model wrote, and why no more.
std::string endText(const GenerationResult& result);

} // namespace residuum

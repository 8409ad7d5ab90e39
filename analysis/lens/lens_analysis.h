// The lens as a kind of result: what the cache, result files and figures need to know of it.
#pragma once

#include "analysis/lens/lens_result.h"
#include "analysis/lens/lens_settings.h"
#include "analysis/question/answer.h"

#include <memory>
#include <string>
#include <vector>

namespace residuum {

/// A Question. File layout: CONTRACT, kind "lens".
struct LensAnalysis : QuestionOf<LensAnalysis, LensRequest, PromptInput, LensResult, LensSettings> {
    static constexpr const char* kind = "lens";
    static constexpr const char* panel = "lens";
    static constexpr const char* description =
        "the logit lens: what each model would say if it ended at each layer";
    static constexpr const char* less = "fewer --sequences, --top or --position P";
    static constexpr bool readsTokenizer = true; // it says what top tokens are called

    static OfSession ofSession(const Session& session, const SessionModels& models);
    static Cost cost(const Model& model, const PromptInput& input, const LensRequest& request,
                     std::int64_t memory);
    static std::string summary(const LensResult& result);
    static std::vector<std::string> warnings(const LensResult& result, const PromptInput& input);
    static std::shared_ptr<const LensResult> compute(const Model& model, const PromptInput& input,
                                                     const LensRequest& request,
                                                     Job<LensResult>& job);
    static std::uint64_t bytes(const ModelInfo& model, const PromptInput& input,
                               const LensRequest& request);
    static void fields(FieldWalk& walk, LensResult& result);
};

} // namespace residuum

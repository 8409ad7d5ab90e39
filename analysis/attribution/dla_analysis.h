// Attribution as a kind of result: what the cache, result files and figures need to know of it.
#pragma once

#include "analysis/attribution/dla_request.h"
#include "analysis/attribution/dla_result.h"
#include "analysis/attribution/dla_settings.h"
#include "analysis/inputs/input_request.h"
#include "analysis/question/answer.h"

#include <memory>
#include <string>
#include <vector>

namespace residuum {

/// A Question. File layout: CONTRACT, kind "dla".
struct DlaAnalysis : QuestionOf<DlaAnalysis, DlaRequest, PromptInput, DlaResult, DlaSettings> {
    static constexpr const char* kind = "dla";
    static constexpr const char* panel = "attribution";
    static constexpr int version = 2; // 2: no digits lost beside a dominating component

    static constexpr const char* description =
        "direct logit attribution (normalisation frozen) and direct effect (normalisation "
        "recomputed)";
    static constexpr const char* less = "fewer --sequences";

    static PromptInput resolve(const InputRequest& input, const DlaRequest& request,
                               const Tokenizer* tokenizer, const ModelConfig& config,
                               Progress& progress);
    static OfSession ofSession(const Session& session, const SessionModels& models);
    static FigureOptions figureOptions(const DlaSettings& shown);
    static std::string summary(const DlaResult& result);
    static bool centersUnembed(const DlaRequest& request) { return request.centerUnembed; }

    static std::shared_ptr<const DlaResult> compute(const Model& model, const PromptInput& input,
                                                    const DlaRequest& request, Job<DlaResult>& job);
    /// Of the numbers in a file, at most.
    static std::uint64_t bytes(const ModelInfo& model, const PromptInput& input,
                               const DlaRequest& request);
    static void fields(FieldWalk& walk, DlaResult& result);
    /// What the target of each row of `result`, read from there, says; "#id" where the file does
    /// not tell.
    static std::vector<std::string> targetTexts(const ResultReader& reader, std::size_t index,
                                                const DlaResult& result);
    /// The same of what each row's target is compared with; empty where rows have none of their
    /// own.
    static std::vector<std::string> versusTexts(const ResultReader& reader, std::size_t index,
                                                const DlaResult& result);
};

} // namespace residuum

// The comparison of models as a kind of result: what the cache, result files and figures need to
// know of it.
#pragma once

#include "analysis/comparison/comparison.h"
#include "analysis/comparison/comparison_request.h"
#include "analysis/comparison/comparison_result.h"
#include "analysis/question/answer.h"

#include <memory>
#include <string>
#include <vector>

namespace residuum {

/// A Question. File layout: CONTRACT, kind "compare". Each model's own numbers are one answer, each
/// pair's distances another (`distance`): both are kept in the cache, so a further model costs its
/// own pass and its pairs.
struct ComparisonAnalysis : QuestionOf<ComparisonAnalysis, ComparisonRequest, PromptInput,
                                       ComparisonResult, ComparisonSettings> {
    static constexpr const char* kind = "compare";
    static constexpr const char* panel = "comparison";
    static constexpr const char* description =
        "what differs between models: loss, entropy, divergence, calibration, residual stream, "
        "heads";
    static constexpr bool readsTokenizer = true; // it says what the prompt's tokens are

    static Cost cost(const Model& model, const PromptInput& input, const ComparisonRequest& request,
                     std::int64_t memory);
    static std::string summary(const ComparisonResult& result);
    /// A session compares over its prompt, over the set that it asks as a whole, or over
    /// the dataset that the panel has.
    static OfSession ofSession(const Session& session, const SessionModels& models);

    /// One model's own numbers.
    static std::shared_ptr<const ComparisonResult> compute(const Model& model,
                                                           const PromptInput& input,
                                                           const ComparisonRequest& request,
                                                           Job<ComparisonResult>& job);
    /// Every model's numbers with its distances from the others, from the cache or computed in one
    /// pass of those models of which something is missing. Throws as `answer` does.
    static std::vector<std::shared_ptr<const ComparisonResult>>
    together(ResultCache* cache, const std::vector<std::shared_ptr<const Model>>& models,
             const PromptInput& input, const ComparisonRequest& request, Job<ComparisonResult>& job,
             std::vector<std::string>& warnings);
    /// The distances of one pair, from the cache or computed.
    static std::shared_ptr<const Divergence>
    distance(ResultCache* cache, CacheUse use, const std::shared_ptr<const Model>& a,
             const std::shared_ptr<const Model>& b, const PromptInput& input,
             const ComparisonRequest& request, Job<ComparisonResult>& job);

    static std::uint64_t bytes(const ModelInfo& model, const PromptInput& input,
                               const ComparisonRequest& request);
    static void fields(FieldWalk& walk, ComparisonResult& result);
    /// Into the file's index-th model group, and the distances from models before it beside them.
    static void write(ResultFile& file, std::size_t index, const ComparisonResult& result);
    static std::shared_ptr<ComparisonResult> read(const ResultReader& reader, std::size_t index);
};

/// "/pairs/A__B" of two models of a file, by their places.
std::string pairGroup(const std::string& firstModelGroup, const std::string& secondModelGroup);
void writeDistances(ResultFile& file, const std::string& group, const std::vector<int>& lengths,
                    const NumericSettings& numeric, const Divergence& distances);
/// Throws Error naming the file and what in it is not as expected.
Divergence readDistances(const ResultReader& reader, const std::string& group,
                         const std::vector<int>& lengths);
void roundAsStored(Divergence& distances, const NumericSettings& numeric);

} // namespace residuum

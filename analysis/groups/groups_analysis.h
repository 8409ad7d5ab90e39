// Groups of components as a kind of result: what the cache, result files and figures need to know.
#pragma once

#include "analysis/groups/groups_request.h"
#include "analysis/groups/groups_result.h"
#include "analysis/groups/groups_settings.h"
#include "analysis/inputs/pair_request.h"
#include "analysis/question/answer.h"

#include <memory>
#include <string>

namespace residuum {

/// A Question. Files of the kind "groups": `clean_metric`, `corrupt_metric [prompt]`, `together`,
/// `dla`, `direct_effect [prompt, group]`, `alone [prompt, member]`.
struct GroupsAnalysis
    : QuestionOf<GroupsAnalysis, GroupsRequest, PairInput, GroupsResult, GroupsSettings> {
    static constexpr const char* kind = "groups";
    static constexpr const char* panel = "groups";
    static constexpr const char* description =
        "what groups of heads, MLPs and neurons do, ablated or patched together";
    static constexpr const char* less = "fewer pairs";

    static PairInput resolve(const PairRequest& input, const GroupsRequest& request,
                             const Tokenizer* tokenizer, const ModelConfig& config,
                             Progress& progress);
    static Cost cost(const Model& model, const PairInput& input, const GroupsRequest& request,
                     std::int64_t memory);
    /// Nothing while the session's prompts are no pair, or no pin is in a group.
    static OfSession ofSession(const Session& session, const SessionModels& models);
    static std::string summary(const GroupsResult& result);
    static std::shared_ptr<const GroupsResult> compute(const Model& model, const PairInput& input,
                                                       const GroupsRequest& request,
                                                       Job<GroupsResult>& job);
    static std::uint64_t bytes(const ModelInfo& model, const PairInput& input,
                               const GroupsRequest& request);
    static void fields(FieldWalk& walk, GroupsResult& result);
};

} // namespace residuum

#include "analysis/groups/groups_analysis.h"

#include "analysis/groups/groups.h"
#include "analysis/patching/patch_analysis.h"
#include "analysis/patching/patch_checks.h"
#include "core/checkpoint/treatment.h"
#include "core/task/wording.h"

#include <algorithm>

namespace residuum {

std::vector<ComponentGroup> groupsOf(const std::vector<SessionPin>& pins) {
    std::vector<ComponentGroup> groups;
    for (const auto& pin : pins) {
        if (pin.group.empty())
            continue;
        const auto thing = parseThing(pin.name);
        if (!thing)
            continue;
        auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const auto& each) { return each.name == pin.group; });
        if (group == groups.end())
            group = groups.insert(group, {pin.group, {}});
        if (const auto* neuron = std::get_if<Neuron>(&*thing))
            group->members.emplace_back(*neuron);
        else if (const auto* component = std::get_if<Component>(&*thing))
            if (component->kind == ComponentKind::Head || component->kind == ComponentKind::Mlp)
                group->members.emplace_back(*component);
    }
    std::erase_if(groups, [](const auto& group) { return group.members.empty(); });
    return groups;
}

GroupsRequest groupsRequest(const GroupsSettings& settings, std::vector<ComponentGroup> groups) {
    return {std::move(groups), settings.change, settings.metric};
}

PairInput GroupsAnalysis::resolve(const PairRequest& input, const GroupsRequest& request,
                                  const Tokenizer* tokenizer, const ModelConfig& config,
                                  Progress& progress) {
    requireValid(request.groups, config);
    return resolvePairs(input, tokenizer, config, progress, needsTwoAnswers(request.metric));
}

Cost GroupsAnalysis::cost(const Model& model, const PairInput& input, const GroupsRequest& request,
                          std::int64_t memory) {
    const auto cost = groupsCost(model, input.tokens, request, memory);
    return {counted(cost.runs, "changed run") + " of " + counted(input.tokens.size(), "pair") +
                withNumbers(", %.3g GFLOP", cost.flop / 1e9),
            cost.peakBytes, "one pair"};
}

GroupsAnalysis::OfSession GroupsAnalysis::ofSession(const Session& session,
                                                    const SessionModels& models) {
    const auto pair = PatchAnalysis::ofSession(session, models);
    auto groups = groupsOf(session.pins);
    if (!pair || groups.empty() || !session.asks(panel))
        return std::nullopt;
    return {
        {pair->input, groupsRequest(session.settings<GroupsSettings>(panel), std::move(groups))}};
}

std::string GroupsAnalysis::summary(const GroupsResult& result) {
    const auto unit = unitOf(result.request.metric);
    const Treatment treatment(result.model.normalization);
    auto text = result.model.name + " (" + result.model.normalization.label() +
                "): " + name(result.request.metric) + " after " + name(result.request.change) +
                ", mean of " + counted(result.cleanMetric.size(), "pair") + "\n";
    for (std::size_t g = 0; g < result.groups.size(); ++g) {
        const auto column = static_cast<Eigen::Index>(g);
        text += "  " + result.groups[g] + " (" +
                counted(result.request.groups[g].members.size(), "member") + ")" +
                withNumbers(": together %+.4g ", result.meanTogether(g)) + unit +
                withNumbers(", sum of each alone %+.4g; DLA (%s) %.4g, direct effect (%s) %.4g "
                            "logits\n",
                            result.meanAlone(g), treatment.frozen().c_str(),
                            result.dla.col(column).mean(), treatment.recomputed().c_str(),
                            result.directEffect.col(column).mean());
    }
    return text;
}

std::shared_ptr<const GroupsResult> GroupsAnalysis::compute(const Model& model,
                                                            const PairInput& input,
                                                            const GroupsRequest& request,
                                                            Job<GroupsResult>& job) {
    auto result = std::make_shared<GroupsResult>(
        *groupEffects(model, input.tokens, request, job.memory, job.progress));
    roundAsStored(*result);
    return result;
}

std::uint64_t GroupsAnalysis::bytes(const ModelInfo& model, const PairInput& input,
                                    const GroupsRequest& request) {
    std::uint64_t columns = 2 + 3 * request.groups.size(); // the metrics
    for (const auto& group : request.groups)
        columns += group.members.size();
    return columns * input.tokens.size() * byteSize(storedNumber(model.numeric));
}

void GroupsAnalysis::fields(FieldWalk& walk, GroupsResult& result) {
    if (const auto* reader = walk.reader()) {
        const auto prompts = reader->tokens("clean").input.sequences.size();
        result.cleanMetric.resize(prompts);
    }
    const auto prompt = walk.shared("prompt", static_cast<std::int64_t>(result.cleanMetric.size()));
    const auto group = walk.labelled("group", result.groups),
               member = walk.labelled("member", result.members);
    if (walk.reads()) {
        const auto& asked = result.request.groups;
        walk.require(result.groups.size() == asked.size(), "group", "is not as asked for");
        std::size_t members = 0;
        for (const auto& each : asked)
            members += each.members.size();
        walk.require(result.members.size() == members, "member", "is not as asked for");
    }
    walk.numbers("clean_metric", {prompt}, result.cleanMetric);
    walk.numbers("corrupt_metric", {prompt}, result.corruptMetric);
    walk.numbers("together", {prompt, group}, result.together);
    walk.numbers("alone", {prompt, member}, result.alone);
    walk.numbers("dla", {prompt, group}, result.dla);
    walk.numbers("direct_effect", {prompt, group}, result.directEffect);
    walk.note("", "metric", name(result.request.metric));
    walk.note("", "change", name(result.request.change));
    for (const char* field : {"clean_metric", "corrupt_metric", "together", "alone"})
        walk.note(field, "unit", unitOf(result.request.metric));
    for (const char* field : {"dla", "direct_effect"})
        walk.note(field, "unit", std::string("logits"));
}

} // namespace residuum

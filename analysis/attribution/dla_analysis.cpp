#include "analysis/attribution/dla_analysis.h"

#include "analysis/attribution/dla.h"
#include "analysis/prompts/input_command.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

#include <array>
#include <utility>

namespace residuum {

namespace {

constexpr std::array<std::pair<TargetRule, const char*>, 5> ruleNames{{
    {TargetRule::NextOrArgmax, "next-or-argmax"},
    {TargetRule::Next, "next"},
    {TargetRule::Last, "last"},
    {TargetRule::Argmax, "argmax"},
    {TargetRule::Token, "token"},
}};

const char* nameOf(TargetRule wanted) {
    for (const auto& [rule, name] : ruleNames)
        if (rule == wanted)
            return name;
    return "";
}

TargetRule ruleOf(const std::string& wanted, const std::filesystem::path& file) {
    for (const auto& [rule, name] : ruleNames)
        if (wanted == name)
            return rule;
    throw Error(file.string(), "its request names an unknown target rule, " + wanted);
}

std::string targetArguments(const DlaRequest& request) {
    std::string arguments;
    if (request.target == TargetRule::Token && request.token)
        // Ids say the same as texts on every machine and need no quoting of odd bytes.
        arguments = " --target '#" + std::to_string(request.token->value) + "'";
    else if (request.target != TargetRule::NextOrArgmax)
        arguments = std::string(" --target ") + nameOf(request.target);
    if (request.versus)
        arguments += " --versus '#" + std::to_string(request.versus->value) + "'";
    return arguments;
}

std::string settingArguments(const DlaRequest& request) {
    const DlaRequest usual;
    std::string arguments;
    if (request.allPositions)
        arguments += " --position all";
    else if (request.position != usual.position)
        arguments += " --position " + std::to_string(request.position);
    if (request.neurons)
        arguments += " --neurons";
    if (!request.centerUnembed)
        arguments += " --no-center-unembed";
    if (request.bootstrapResamples != usual.bootstrapResamples)
        arguments += " --bootstrap " + std::to_string(request.bootstrapResamples);
    return arguments;
}

} // namespace

std::string DlaAnalysis::settings(const DlaRequest& request) {
    nlohmann::ordered_json json;
    json["target"] = nameOf(request.target);
    if (request.token)
        json["token"] = request.token->value;
    if (request.versus)
        json["versus"] = request.versus->value;
    if (request.allPositions)
        json["position"] = "all";
    else
        json["position"] = request.position;
    json["neurons"] = request.neurons;
    json["center_unembed"] = request.centerUnembed;
    json["bootstrap"] = request.bootstrapResamples;
    json["seed"] = request.seed;
    json["predictions"] = request.topPredictions;
    return jsonLine(json);
}

DlaRequest DlaAnalysis::requestOf(const std::string& text, const std::filesystem::path& file) {
    const auto whole = parseStrictJson(file, text);
    try {
        const auto& json = whole.at(kind);
        DlaRequest request;
        request.target = ruleOf(json.at("target").get<std::string>(), file);
        if (json.contains("token"))
            request.token = TokenId(json["token"].get<std::int32_t>());
        if (json.contains("versus"))
            request.versus = TokenId(json["versus"].get<std::int32_t>());
        request.allPositions = json.at("position").is_string();
        if (!request.allPositions)
            request.position = json["position"].get<int>();
        request.neurons = json.value("neurons", false);
        request.centerUnembed = json.value("center_unembed", true);
        request.bootstrapResamples = json.value("bootstrap", 1000);
        request.seed = json.value("seed", std::uint64_t{0});
        request.topPredictions = json.value("predictions", 0);
        return request;
    } catch (const nlohmann::json::exception& error) {
        throw Error(file.string(), "its request cannot be read: " + jsonProblem(error));
    }
}

std::string DlaAnalysis::asked(const PromptInput& input) {
    return jsonLine(toJson(input));
}

std::string DlaAnalysis::command(const std::string& text, const std::filesystem::path& file) {
    const auto request = requestOf(text, file);
    const auto whole = parseStrictJson(file, text);
    std::string command = "residuum dla";
    try {
        command += modelArguments(whole);
        const auto input = inputRequestFromJson(whole.at("input"), file);
        command += inputArguments(input) + targetArguments(request) + settingArguments(request);
        const auto seed =
            input.dataset && input.dataset->seed ? *input.dataset->seed : request.seed;
        if (seed != 0 || (input.dataset && input.dataset->seed))
            command += " --seed " + std::to_string(seed);
        command += numericArguments(whole.at("numeric"));
    } catch (const nlohmann::json::exception& error) {
        throw Error(file.string(), "its request cannot be read: " + jsonProblem(error));
    }
    return command;
}

std::shared_ptr<const DlaResult> DlaAnalysis::compute(const Model& model, const PromptInput& input,
                                                      const DlaRequest& request,
                                                      Progress& progress) {
    return attributeLogits(model, input.tokens, request, progress);
}

} // namespace residuum

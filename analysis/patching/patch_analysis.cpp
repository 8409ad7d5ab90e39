#include "analysis/patching/patch_analysis.h"

#include "analysis/prompts/input_command.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

namespace residuum {

namespace {

template <class Values>
std::string joined(const Values& values) {
    std::string text;
    for (const auto& value : values)
        text += (text.empty() ? "" : ",") + value;
    return text;
}

template <class Values>
std::vector<std::string> namesOf(const Values& values) {
    std::vector<std::string> names;
    for (const auto value : values)
        names.push_back(name(value));
    return names;
}

std::string settingArguments(const PatchRequest& request) {
    const PatchRequest usual;
    auto arguments = " --metric " + name(request.metric) + " --direction " +
                     name(request.direction) + " --method " + joined(namesOf(request.methods));
    if (!request.sites.empty())
        arguments += " --sites " + joined(namesOf(request.sites));
    if (request.neurons != usual.neurons)
        arguments += " --top-neurons " + std::to_string(request.neurons);
    if (request.steps != usual.steps)
        arguments += " --steps " + std::to_string(request.steps);
    if (request.asks(PatchMethod::Path))
        arguments += " --sender " + shellQuoted(request.path.sender) + " --receivers " +
                     joined(request.path.receivers);
    return arguments;
}

} // namespace

std::string PatchAnalysis::settings(const PatchRequest& request) {
    nlohmann::ordered_json json;
    json["sites"] = namesOf(request.sites);
    json["methods"] = namesOf(request.methods);
    json["metric"] = name(request.metric);
    json["direction"] = name(request.direction);
    json["neurons"] = request.neurons;
    json["steps"] = request.steps;
    if (request.asks(PatchMethod::Path))
        json["path"] = {{"sender", request.path.sender}, {"receivers", request.path.receivers}};
    return jsonLine(json);
}

PatchRequest PatchAnalysis::requestOf(const std::string& text, const std::filesystem::path& file) {
    const auto whole = parseStrictJson(file, text);
    try {
        const auto& json = whole.at(kind);
        PatchRequest request;
        request.sites.clear();
        request.methods.clear();
        for (const auto& site : json.at("sites"))
            request.sites.push_back(parsePatchSite(site.get<std::string>(), file.string()));
        for (const auto& method : json.at("methods"))
            request.methods.push_back(parsePatchMethod(method.get<std::string>(), file.string()));
        request.metric = parsePatchMetric(json.at("metric").get<std::string>(), file.string());
        request.direction =
            parsePatchDirection(json.at("direction").get<std::string>(), file.string());
        request.neurons = json.value("neurons", usualNeurons);
        request.steps = json.value("steps", usualSteps);
        if (json.contains("path")) {
            request.path.sender = json.at("path").at("sender").get<std::string>();
            request.path.receivers =
                json.at("path").at("receivers").get<std::vector<std::string>>();
        }
        return request;
    } catch (const nlohmann::json::exception& error) {
        throw Error(file.string(), "its request cannot be read: " + jsonProblem(error));
    }
}

std::string PatchAnalysis::asked(const PairInput& input) {
    return jsonLine(toJson(input));
}

std::string PatchAnalysis::command(const std::string& text, const std::filesystem::path& file) {
    const auto request = requestOf(text, file);
    const auto whole = parseStrictJson(file, text);
    std::string command = "residuum patch";
    try {
        command += modelArguments(whole);
        command +=
            pairArguments(pairRequestFromJson(whole.at("input"), file)) + settingArguments(request);
        command += numericArguments(whole.at("numeric"));
    } catch (const nlohmann::json::exception& error) {
        throw Error(file.string(), "its request cannot be read: " + jsonProblem(error));
    }
    return command;
}

std::shared_ptr<const PatchResult> PatchAnalysis::compute(const Model& model,
                                                          const PairInput& input,
                                                          const PatchRequest& request,
                                                          Progress& progress) {
    return patchPairs(model, input.tokens, request, progress);
}

} // namespace residuum

#include "analysis/neurons/neuron_analysis.h"

#include "analysis/prompts/input_command.h"
#include "core/json/strict_json.h"
#include "core/task/error.h"

namespace residuum {

namespace {

std::string settingArguments(const NeuronRequest& request) {
    const NeuronRequest usual;
    std::string arguments = " --neurons " + neuronChoiceText(request);
    if (request.by != usual.by)
        arguments += " --by " + name(request.by);
    if (!request.also.empty())
        arguments += " --also " + neuronsText(request.also);
    if (request.layer != usual.layer)
        arguments += " --layer " + std::to_string(request.layer);
    if (request.ablation != usual.ablation)
        arguments += " --ablation " + name(request.ablation);
    if (request.nullSpace != usual.nullSpace)
        arguments += " --null-space " + std::to_string(request.nullSpace);
    if (request.randomNeurons != usual.randomNeurons)
        arguments += " --random-neurons " + std::to_string(request.randomNeurons);
    if (request.screen)
        arguments += " --screen";
    if (request.perToken)
        arguments += " --per-token";
    return arguments;
}

} // namespace

std::string NeuronAnalysis::settings(const NeuronRequest& asked) {
    const auto request = canonical(asked);
    nlohmann::ordered_json json;
    json["layer"] = request.layer;
    json["neurons"] = neuronChoiceText(request);
    json["also"] = neuronsText(request.also);
    json["by"] = name(request.by);
    json["ablation"] = name(request.ablation);
    json["null_space"] = request.nullSpace;
    json["random_neurons"] = request.randomNeurons;
    json["seed"] = request.seed;
    json["screen"] = request.screen;
    json["per_token"] = request.perToken;
    return jsonLine(json);
}

NeuronRequest NeuronAnalysis::requestOf(const std::string& text,
                                        const std::filesystem::path& file) {
    const auto whole = parseStrictJson(file, text);
    try {
        const auto& json = whole.at(kind);
        NeuronRequest request;
        request.layer = json.at("layer").get<int>();
        parseNeuronChoice(json.at("neurons").get<std::string>(), request);
        if (const auto also = json.at("also").get<std::string>(); !also.empty())
            request.also = parseNeurons(also, "--also");
        request.by = parseNeuronRank(json.at("by").get<std::string>(), file.string());
        request.ablation = parseAblation(json.at("ablation").get<std::string>(), file.string());
        request.nullSpace = json.at("null_space").get<int>();
        request.randomNeurons = json.at("random_neurons").get<int>();
        request.seed = json.at("seed").get<std::uint64_t>();
        request.screen = json.at("screen").get<bool>();
        request.perToken = json.at("per_token").get<bool>();
        return request;
    } catch (const nlohmann::json::exception& error) {
        throw Error(file.string(), "its request cannot be read: " + jsonProblem(error));
    } catch (const UsageError& error) {
        throw Error(file.string(), std::string("its request cannot be read: ") + error.what());
    }
}

std::string NeuronAnalysis::asked(const PromptInput& input) {
    return jsonLine(toJson(input));
}

std::string NeuronAnalysis::command(const std::string& text, const std::filesystem::path& file) {
    const auto request = requestOf(text, file);
    const auto whole = parseStrictJson(file, text);
    std::string command = "residuum neurons";
    try {
        command += modelArguments(whole);
        const auto input = inputRequestFromJson(whole.at("input"), file);
        command += inputArguments(input) + settingArguments(request);
        // One option for both seeds: of a request they are the same, or of no account.
        const auto shuffled = input.dataset ? input.dataset->seed : std::nullopt;
        if (shuffled || request.seed != 0)
            command += " --seed " + std::to_string(shuffled.value_or(request.seed));
        command += numericArguments(whole.at("numeric"));
    } catch (const nlohmann::json::exception& error) {
        throw Error(file.string(), "its request cannot be read: " + jsonProblem(error));
    }
    return command;
}

std::shared_ptr<const NeuronResult> NeuronAnalysis::compute(const Model& model,
                                                            const PromptInput& input,
                                                            const NeuronRequest& request,
                                                            Progress& progress) {
    return studyNeurons(model, input.tokens, request, progress);
}

} // namespace residuum

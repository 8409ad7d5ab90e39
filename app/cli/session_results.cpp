#include "app/cli/session_results.h"

#include "analysis/attribution/dla_analysis.h"
#include "analysis/neurons/neuron_analysis.h"
#include "analysis/patching/patch_answer.h"
#include "app/cli/followed_neurons.h"

#include <algorithm>
#include <charconv>

namespace residuum {

namespace {

void writeAttribution(const Session& session, const OpenedModels& opened, ResultCache* cache,
                      Progress& progress, const std::filesystem::path& target) {
    const auto input = promptInput(session.prompt, opened.tokenizer());
    const auto request = attributionRequest(session.target, session.versus);
    std::vector<std::shared_ptr<const DlaResult>> results;
    for (const auto& model : opened.models)
        results.push_back(
            answer<DlaAnalysis>(cache, CacheUse::ReadAndWrite, *model, input, request, progress)
                .result);
    saveResults<DlaAnalysis>(target, results, input, request, opened.tokenizer());
}

void writePatching(const Session& session, const OpenedModels& opened, ResultCache* cache,
                   Progress& progress, const std::filesystem::path& target) {
    const auto& asked = *session.patching;
    const auto input = pairInput(session.prompt, asked.corrupt, *session.target, *session.versus,
                                 opened.tokenizer());
    const auto request = patchingRequest(asked.site, asked.estimate, asked.metric, asked.direction);
    std::vector<std::shared_ptr<const PatchResult>> results;
    for (const auto& model : opened.models)
        results.push_back(
            answerPatch(cache, CacheUse::ReadAndWrite, *model, input, request, progress).result);
    saveResults<PatchAnalysis>(target, results, input, request, opened.tokenizer());
}

/// Pins of the layer looked at, e.g. "L11N584".
std::vector<NeuronIndex> pinnedNeurons(const Session& session, const Model& model, int layer) {
    const auto prefix = "L" + std::to_string(resolveLayer(layer, model.info().config).value) + "N";
    std::vector<NeuronIndex> neurons;
    for (const auto& pin : session.pins) {
        std::int32_t neuron = -1;
        const auto* end = pin.name.data() + pin.name.size();
        if (pin.name.starts_with(prefix) &&
            std::from_chars(pin.name.data() + prefix.size(), end, neuron).ptr == end &&
            neuron >= 0 && neuron < model.info().config.d_mlp)
            neurons.emplace_back(neuron);
    }
    return neurons;
}

void writeNeurons(const Session& session, const OpenedModels& opened, ResultCache* cache,
                  Progress& progress, const std::filesystem::path& target) {
    const auto& asked = *session.neurons;
    auto input = promptInput(session.prompt, opened.tokenizer());
    if (asked.dataset) {
        input.request = {};
        input.request.dataset = asked.dataset;
        input.tokens =
            resolveInput(input.request, opened.tokenizer(), opened.narrowestConfig(), progress);
    }
    auto request = neuronRequest(asked);
    const auto names = uniqueNames(opened.infos());
    const auto chosenOn = std::find(names.begin(), names.end(), asked.chosenOn);
    const auto chooser = chosenOn == names.end() ? 0U : std::size_t(chosenOn - names.begin());
    const auto results =
        answerFollowed(cache, opened, chooser, input, request,
                       pinnedNeurons(session, *opened.models[chooser], asked.layer), progress);
    saveResults<NeuronAnalysis>(target, results, input, request, opened.tokenizer());
}

bool hasNeurons(const Session& session) {
    return session.neurons && (session.neurons->dataset || session.prompt.tokens.size() >= 2);
}

bool always(const Session&) {
    return true;
}

/// A session holds patching's settings also while its prompts are no pair.
bool hasPair(const Session& session) {
    return session.patching && session.target && session.versus &&
           session.target != session.versus &&
           session.patching->corrupt.tokens.size() == session.prompt.tokens.size() &&
           session.patching->corrupt.tokens != session.prompt.tokens;
}

} // namespace

std::vector<SessionResult> sessionResults() {
    return {{"attribution", "dla", always, writeAttribution},
            {"patching", "patch", hasPair, writePatching},
            {"neurons", "neurons", hasNeurons, writeNeurons}};
}

} // namespace residuum

#include "app/cli/session_results.h"

#include "analysis/attribution/dla_analysis.h"
#include "analysis/neurons/neuron_analysis.h"
#include "analysis/neurons/neuron_input.h"
#include "analysis/patching/patch_analysis.h"
#include "analysis/question/thing.h"
#include "app/cli/answers.h"

namespace residuum {

namespace {

using Warnings = std::vector<std::string>;

template <Question Q>
Warnings write(const OpenedModels& opened, ResultCache* cache, Progress& progress,
               const std::filesystem::path& target, const typename Q::Input& input,
               typename Q::Request request, int chooser = -1) {
    const auto found = answers<Q>(cache, opened, input, request, progress, usualMemory, chooser);
    saveResults<Q>(target, found.results, input, request, opened.tokenizer());
    return found.warnings;
}

Warnings writeAttribution(const Session& session, const OpenedModels& opened, ResultCache* cache,
                          Progress& progress, const std::filesystem::path& target) {
    return write<DlaAnalysis>(opened, cache, progress, target,
                              promptInput(session.prompt, opened.tokenizer()),
                              attributionRequest(session.target, session.versus));
}

Warnings writePatching(const Session& session, const OpenedModels& opened, ResultCache* cache,
                       Progress& progress, const std::filesystem::path& target) {
    const auto& asked = *session.patching;
    return write<PatchAnalysis>(
        opened, cache, progress, target,
        pairInput(session.prompt, asked.corrupt, *session.target, *session.versus,
                  opened.tokenizer()),
        patchingRequest(asked.site, asked.estimate, asked.metric, asked.direction));
}

/// Pins of the layer looked at that the model has.
std::vector<NeuronIndex> pinnedNeurons(const Session& session, const Model& model, int layer) {
    const auto& config = model.info().config;
    const auto looked = resolveLayer(layer, config);
    std::vector<NeuronIndex> neurons;
    for (const auto& pin : session.pins)
        if (const auto named = parseNeuron(pin.name);
            named && named->layer == looked && named->index.value < config.d_mlp)
            neurons.push_back(named->index);
    return neurons;
}

Warnings writeNeurons(const Session& session, const OpenedModels& opened, ResultCache* cache,
                      Progress& progress, const std::filesystem::path& target) {
    const auto& asked = *session.neurons;
    auto input = promptInput(session.prompt, opened.tokenizer());
    if (asked.dataset) {
        InputRequest ofDataset;
        ofDataset.dataset = asked.dataset;
        input = accounted(
            resolveInput(ofDataset, opened.tokenizer(), opened.narrowestConfig(), progress));
    }
    auto request = neuronRequest(asked);
    std::size_t chooser = 0;
    for (std::size_t i = opened.models.size(); i-- > 0;)
        if (opened.models[i]->info().source == asked.chosenOn)
            chooser = i;
    request.also = pinnedNeurons(session, *opened.models[chooser], asked.layer);
    return write<NeuronAnalysis>(opened, cache, progress, target, input, request,
                                 static_cast<int>(chooser));
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
           (session.target != session.versus || !needsTwoAnswers(session.patching->metric)) &&
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

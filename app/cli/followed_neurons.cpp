#include "app/cli/followed_neurons.h"

namespace residuum {

namespace {

std::shared_ptr<const NeuronResult> answerOne(ResultCache* cache, const Model& model,
                                              const PromptInput& input,
                                              const NeuronRequest& request, Progress& progress,
                                              const NeuronLimits& limits,
                                              std::vector<std::string>* warnings) {
    const auto answered =
        answer<NeuronAnalysis>(cache, CacheUse::ReadAndWrite, model, input, request, progress, [&] {
            return studyNeurons(model, input.tokens, request, progress, limits);
        });
    if (warnings != nullptr && !answered.warning.empty())
        warnings->push_back(answered.warning);
    return answered.result;
}

} // namespace

NeuronResults answerFollowed(ResultCache* cache, const OpenedModels& opened, std::size_t chooser,
                             const PromptInput& input, NeuronRequest& request, Progress& progress,
                             const NeuronLimits& limits, std::vector<std::string>* warnings) {
    const auto chosen =
        answerOne(cache, *opened.models[chooser], input, request, progress, limits, warnings);
    request = followedRequest(*chosen, request.also);
    NeuronResults results;
    for (std::size_t i = 0; i < opened.models.size(); ++i)
        results.push_back(i == chooser ? chosen
                                       : answerOne(cache, *opened.models[i], input, request,
                                                   progress, limits, warnings));
    return results;
}

NeuronResults answerEach(ResultCache* cache, const OpenedModels& opened, const PromptInput& input,
                         const NeuronRequest& request, Progress& progress,
                         const NeuronLimits& limits, std::vector<std::string>* warnings) {
    NeuronResults results;
    for (const auto& model : opened.models)
        results.push_back(answerOne(cache, *model, input, request, progress, limits, warnings));
    return results;
}

} // namespace residuum

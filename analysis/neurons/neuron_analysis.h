// Confidence neurons as a kind of result: what the cache, result files and figures need to know.
#pragma once

#include "analysis/inputs/input_request.h"
#include "analysis/neurons/neuron_settings.h"
#include "analysis/neurons/neurons.h"
#include "analysis/question/answer.h"

#include <memory>
#include <string>

namespace residuum {

/// A Question. File layout: CONTRACT, kind "neurons".
struct NeuronAnalysis
    : QuestionOf<NeuronAnalysis, NeuronRequest, PromptInput, NeuronResult, NeuronSettings> {
    static constexpr const char* kind = "neurons";
    static constexpr const char* panel = "neurons";
    static constexpr int version = 1;

    static constexpr const char* description =
        "confidence neurons: weights, activations, effects of ablating them";
    static constexpr const char* less = "fewer --neurons or --sequences";

    static PromptInput resolve(const InputRequest& input, const NeuronRequest& request,
                               const Tokenizer* tokenizer, const ModelConfig& config,
                               Progress& progress);
    static Cost cost(const Model& model, const PromptInput& input, const NeuronRequest& request,
                     std::int64_t memory);
    /// The neurons chosen in one model, to be studied in all.
    static NeuronRequest followed(const NeuronResult& result, const NeuronRequest& request) {
        return followedRequest(result, request.also);
    }
    /// The session's pins of the layer are studied beside the neurons that one model chooses.
    static OfSession ofSession(const Session& session, const SessionModels& models);
    static FigureOptions figureOptions(const NeuronSettings& shown);
    static std::string summary(const NeuronResult& result);
    static std::vector<std::string> warnings(const NeuronResult& result, const PromptInput& input);
    static bool centersUnembed(const NeuronRequest&) { return true; }
    /// Keeps what the weights alone say of the layer.
    static void remember(const Model& model, const NeuronRequest& request,
                         const NeuronResult& result, Prepared& prepared);

    static std::shared_ptr<const NeuronResult> compute(const Model& model, const PromptInput& input,
                                                       const NeuronRequest& request,
                                                       Job<NeuronResult>& job);
    /// Of the numbers in a file, at most.
    static std::uint64_t bytes(const ModelInfo& model, const PromptInput& input,
                               const NeuronRequest& request);
    static void fields(FieldWalk& walk, NeuronResult& result);
};

} // namespace residuum

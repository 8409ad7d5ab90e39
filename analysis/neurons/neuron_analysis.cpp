#include "analysis/neurons/neuron_analysis.h"

#include "analysis/neurons/neuron_ground.h"
#include "analysis/neurons/neuron_input.h"
#include "analysis/neurons/neuron_words.h"
#include "analysis/neurons/spectrum_file.h"
#include "analysis/question/answer.h"
#include "analysis/question/thing.h"
#include "core/task/wording.h"

namespace residuum {

static_assert(Remembers<NeuronAnalysis>);

namespace {

/// What studies of the model's layer over an input start from, whatever they ablate or choose.
std::string preparedKey(const Model& model, const PromptInput& over, const NeuronRequest& request) {
    NeuronRequest common;
    common.layer = request.layer;
    common.nullSpace = request.nullSpace;
    return resultKey(originOf<NeuronAnalysis>({model.info()}, over, common), tokensOf(over));
}

/// Of the weights alone: in memory where anything is kept there, and on disk.
SpectrumKeeper spectrumOf(const Model& model, Job<NeuronResult>& job) {
    const auto key = resultKey({"unembedding", 1, "{}", "{}", {model.info()}, true}, {});
    return [key, prepared = job.prepared, files = job.files](const auto& make) {
        const auto fromDisk = [&] {
            auto spectrum = std::make_shared<UnembeddingSpectrum>();
            if (files.find(key, [&](const Hdf5Reader& file) { *spectrum = readSpectrum(file); }))
                return spectrum;
            *spectrum = make();
            files.keep(key, [&](Hdf5Writer& file) { writeSpectrum(file, *spectrum); });
            return spectrum;
        };
        return prepared == nullptr
                   ? fromDisk()
                   : prepared->of<UnembeddingSpectrum>("unembedding", key, fromDisk);
    };
}

/// Pins of the layer looked at that the model has.
std::vector<NeuronIndex> pinnedNeurons(const Session& session, const ModelConfig& config,
                                       int layer) {
    const auto looked = resolveLayer(layer, config);
    std::vector<NeuronIndex> neurons;
    for (const auto& pin : session.pins)
        if (const auto named = parseNeuron(pin.name);
            named && named->layer == looked && named->index.value < config.d_mlp)
            neurons.push_back(named->index);
    return neurons;
}

double meanOf(const Table& table, std::size_t neurons, Effect effect) {
    const auto rows = static_cast<Eigen::Index>(neurons);
    return rows == 0 ? 0.0 : table.topRows(rows).col(static_cast<int>(effect)).mean();
}

} // namespace

PromptInput NeuronAnalysis::resolve(const InputRequest& input, const NeuronRequest&,
                                    const Tokenizer* tokenizer, const ModelConfig& config,
                                    Progress& progress) {
    return accounted(resolveInput(input, tokenizer, config, progress));
}

NeuronAnalysis::OfSession NeuronAnalysis::ofSession(const Session& session,
                                                    const SessionModels& models) {
    if (!session.asks(panel))
        return std::nullopt;
    const auto asked = session.settings<NeuronSettings>(panel);
    auto input = promptInput(session.prompt, models.tokenizer);
    std::uint64_t seed = 0;
    if (const auto set = asked.dataset ? std::nullopt : askedSet(session, models)) {
        input = accounted(cleanPrompts(*set));
        seed = seedOf(set->request);
    } else if (asked.dataset) {
        InputRequest ofDataset;
        ofDataset.dataset = asked.dataset;
        input =
            accounted(resolveInput(ofDataset, models.tokenizer, models.narrowest, models.progress));
    } else if (session.prompt.tokens.size() < 2) {
        return std::nullopt;
    }
    std::size_t chooser = 0;
    for (std::size_t i = models.infos.size(); i-- > 0;)
        if (models.infos[i].source == asked.chosenOn)
            chooser = i;
    auto request = neuronRequest(asked);
    if (seed != 0)
        request.seed = seed;
    request.also = pinnedNeurons(session, models.infos.at(chooser).config, asked.layer);
    return {{input, request, static_cast<int>(chooser)}};
}

FigureOptions NeuronAnalysis::figureOptions(const NeuronSettings& shown) {
    FigureOptions options{{"effect", shown.entropy ? "entropy" : "loss"},
                          {"against", shown.againstNullSpace ? "null-space" : "logitvar"}};
    if (shown.allNeurons)
        options.emplace_back("all-neurons", "");
    return options;
}

Cost NeuronAnalysis::cost(const Model& model, const PromptInput&, const NeuronRequest&,
                          std::int64_t) {
    return {"", leastBytes(model), "one token"};
}

std::string NeuronAnalysis::summary(const NeuronResult& result) {
    const auto ones = result.chosenOnes, random = result.random.neurons.size();
    const auto &chosen = result.chosen.meanAbs, &baseline = result.random.meanAbs;
    const auto treatment = treatmentOf(result);
    return result.model.name + " (" + result.model.normalization.label() + "), layer " +
           std::to_string(result.layer.value) + ", " +
           counted(result.tokens.size(), "scored token") + ": mean |change of entropy| of " +
           counted(ones, "neuron") +
           withNumbers(" %.3g nats total (", meanOf(chosen, ones, Effect::TotalEntropy)) +
           treatment.recomputed() +
           withNumbers("), %.3g ", meanOf(chosen, ones, Effect::FrozenEntropy)) +
           treatment.frozen() + "; of " + counted(random, "random one") +
           withNumbers(" %.3g and %.3g\n", meanOf(baseline, random, Effect::TotalEntropy),
                       meanOf(baseline, random, Effect::FrozenEntropy));
}

std::vector<std::string> NeuronAnalysis::warnings(const NeuronResult& result, const PromptInput&) {
    std::vector<std::string> warnings;
    for (const auto& sentence : shortfalls(result))
        warnings.push_back(result.model.name + ": " + sentence);
    return warnings;
}

std::shared_ptr<const NeuronResult> NeuronAnalysis::compute(const Model& model,
                                                            const PromptInput& input,
                                                            const NeuronRequest& request,
                                                            Job<NeuronResult>& job) {
    const NeuronLimits limits{job.memory};
    NeuronsKnown known{std::nullopt, spectrumOf(model, job)};
    if (job.prepared == nullptr)
        return studyNeurons(model, input.tokens, request, job.progress, limits, std::move(known));
    const auto key = preparedKey(model, input, request) + ", " + std::to_string(job.memory);
    if (const auto there = job.prepared->find<NeuronGround>("ground", key))
        return studyNeurons(*there, request, job.progress);
    // A stored result's statistics are rounded: good enough unless neurons are ranked.
    if (request.choice.kind == ChoiceKind::Named)
        if (const auto there =
                job.prepared->find<NeuronWeights>("weights", preparedKey(model, {}, request)))
            known.weights = *there;
    const auto ground =
        job.prepared->of<NeuronGround>("ground", known.weights ? key + ", rounded" : key, [&] {
            return prepareNeurons(model.shared_from_this(), input.tokens, request.layer, limits,
                                  std::move(known));
        });
    return studyNeurons(*ground, request, job.progress);
}

void NeuronAnalysis::remember(const Model& model, const NeuronRequest& request,
                              const NeuronResult& result, Prepared& prepared) {
    prepared.of<NeuronWeights>("weights", preparedKey(model, {}, request),
                               [&] { return std::make_shared<NeuronWeights>(result.weights); });
}

} // namespace residuum

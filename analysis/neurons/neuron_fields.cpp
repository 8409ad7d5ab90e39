// The fields of neuron results (CONTRACT, kind "neurons").
#include "analysis/neurons/neuron_analysis.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace residuum {

namespace {

std::vector<std::string> effectNames() {
    std::vector<std::string> names;
    for (int e = 0; e < effectCount; ++e)
        names.emplace_back(name(static_cast<Effect>(e)));
    return names;
}

std::vector<std::string> levelNames() {
    std::vector<std::string> levels;
    for (const double level : quantileLevels)
        levels.push_back(std::to_string(static_cast<int>(std::lround(100.0 * level))) + " %");
    return levels;
}

/// The description of one result.
class NeuronFields {
  public:
    NeuronFields(FieldWalk& walk, NeuronResult& result)
        : walk_(walk), result_(result), config_(result.model.config), effects_(effectNames()),
          layer_(walk.axis("layer_neuron", config_.d_mlp)),
          token_(walk.counted("token", static_cast<std::int64_t>(result.tokens.size()))),
          rank_(walk.axis("rank", listedTokens)), level_(constant("quantile", levelNames())),
          effect_(constant("effect", effectNames())) {}

    void describe() {
        walk_.attribute("layer", result_.layer.value, {0, config_.n_layers - 1});
        walk_.note("", "ablation", name(result_.request.ablation));
        walk_.note("", "null_space", std::int64_t{result_.request.nullSpace});
        walk_.note("", "unit", std::string("nats"));
        tokens();
        wholeLayer();
        const auto neuron = effects("", result_.chosen);
        walk_.attribute("chosen_count", result_.chosenOnes, {0, neuron.length});
        chosen(neuron);
        effects("random/", result_.random);
        together("cumulative/", result_.cumulative);
        together("random/cumulative/", result_.cumulativeRandom);
        if (result_.request.perToken)
            perToken(neuron);
        if (walk_.has("screening", result_.screening.has_value()))
            screening();
        if (neuron.length > 0)
            written(neuron);
    }

  private:
    FieldAxis constant(const std::string& name, std::vector<std::string> labels) const {
        const auto length = static_cast<std::int64_t>(labels.size());
        return walk_.reads() ? FieldAxis{{}, length} : walk_.labelled(name, labels);
    }

    void tokens() {
        auto& list = result_.tokens;
        list.resize(static_cast<std::size_t>(token_.length));
        walk_.each(
            "token_sample", token_, [&](auto i) -> auto& { return list[i].sample; }, WholeRange{});
        walk_.each(
            "token_pos", token_, [&](auto i) -> auto& { return list[i].position.value; },
            WholeRange{0, config_.n_ctx - 1});
        walk_.each(
            "loss", token_, [&](auto i) -> auto& { return list[i].loss; });
        walk_.each(
            "entropy", token_, [&](auto i) -> auto& { return list[i].entropy; });
    }

    void wholeLayer() {
        auto& weights = result_.weights;
        auto& activations = result_.activations;
        walk_.numbers("layer/w_out_norm", {layer_}, weights.norm);
        walk_.numbers("layer/logit_var", {layer_}, weights.logitVar);
        walk_.numbers("layer/mean_activation", {layer_}, activations.mean);
        walk_.numbers("layer/std_activation", {layer_}, activations.deviation);
        walk_.numbers("layer/min_activation", {layer_}, activations.least);
        walk_.numbers("layer/max_activation", {layer_}, activations.most);
        walk_.numbers("layer/positive_fraction", {layer_}, activations.positive);
        std::vector<std::int32_t> dimensions(static_cast<std::size_t>(weights.nullCurve.cols()));
        std::iota(dimensions.begin(), dimensions.end(), 1);
        const auto k = walk_.numbered("k", dimensions, {1});
        walk_.require(k.length > 0, "k", "must have a value for k = 1");
        walk_.numbers("layer/null_space_curve", {layer_, k}, weights.nullCurve);
        walk_.numbers("layer/top_token", {layer_, rank_}, activations.topToken,
                      WholeRange{-1, token_.length - 1});
        walk_.numbers("layer/top_activation", {layer_, rank_}, activations.topActivation);
        walk_.numbers("singular_values", {walk_.axis("direction", config_.d_model)},
                      weights.singular);
    }

    /// For readers who do not want the whole layer.
    void chosen(const FieldAxis& neuron) const {
        const auto& weights = result_.weights;
        const auto& effects = result_.chosen;
        const auto derived = [&](const std::string& name, const auto& get) {
            walk_.derived(name, neuron, [&](std::size_t i) {
                return get(i, static_cast<std::size_t>(effects.neurons[i].value));
            });
        };
        derived("w_out_norm", [&](auto, auto n) { return weights.norm[n]; });
        derived("logit_var", [&](auto, auto n) { return weights.logitVar[n]; });
        derived("null_space_fraction",
                [&](auto, auto n) { return weights.nullFraction(n, result_.request.nullSpace); });
        derived("score", [&](auto, auto n) { return weights.score(n); });
        derived("mean_activation", [&](auto, auto n) { return result_.activations.mean[n]; });
        derived("ln_mediated_loss", [&](auto i, auto) { return effects.lnMediated(i, false); });
        derived("ln_mediated_entropy", [&](auto i, auto) { return effects.lnMediated(i, true); });
    }

    /// A dataset per column.
    void columns(const std::string& folder, const std::string& suffix, const FieldAxis& lines,
                 Table& values) const {
        if (walk_.reads())
            values.resize(lines.length, effectCount);
        for (int e = 0; e < effectCount; ++e)
            walk_.each(
                folder + effects_[static_cast<std::size_t>(e)] + suffix,
                lines, [&](auto i) -> auto& { return values(static_cast<Eigen::Index>(i), e); });
    }

    FieldAxis effects(const std::string& folder, NeuronEffects& effects) const {
        const auto neuron =
            walk_.numbered(folder + "neuron", effects.neurons, {0, config_.d_mlp - 1});
        columns(folder, "", neuron, effects.mean);
        columns(folder, "_abs", neuron, effects.meanAbs);
        for (std::size_t e = 0; e < effectCount; ++e)
            walk_.numbers(folder + effects_[e] + "_abs_quantile", {neuron, level_},
                          effects.quantile[e]);
        walk_.numbers(folder + "pooled_abs_quantile", {effect_, level_}, effects.pooledQuantile);
        return neuron;
    }

    void together(const std::string& folder, CumulativeEffects& effects) const {
        auto& counts = effects.counts;
        const auto count = walk_.numbered(folder + "count", counts, {1, config_.d_mlp});
        walk_.require(std::adjacent_find(counts.begin(), counts.end(), std::greater_equal<>()) ==
                          counts.end(),
                      folder + "count", "must be ascending numbers of neurons");
        columns(folder, "", count, effects.mean);
        columns(folder, "_abs", count, effects.meanAbs);
    }

    void perToken(const FieldAxis& neuron) const {
        for (std::size_t e = 0; e < effectCount; ++e)
            walk_.numbers(effects_[e] + "_per_token", {neuron, token_}, result_.perToken[e]);
        walk_.numbers("activation", {neuron, walk_.sample(), walk_.pos()}, result_.activation);
    }

    void screening() const {
        if (walk_.reads())
            result_.screening.emplace();
        auto& screening = *result_.screening;
        columns("screening/", "", layer_, screening.mean);
        columns("screening/", "_abs", layer_, screening.meanAbs);
        columns("screening/", "_bound", layer_, screening.bound);
    }

    void written(const FieldAxis& neuron) const {
        // A vocabulary may be smaller than the list.
        const auto count = result_.written.promoted.cols();
        const auto rank = walk_.has("written_rank", count != listedTokens)
                              ? walk_.counted("written_rank", count)
                              : rank_;
        const auto list = [&](const std::string& which, Table& tokens, Table& by) {
            walk_.numbers(which, {neuron, rank}, tokens, WholeRange{0, config_.d_vocab - 1});
            walk_.numbers(which + "_logit", {neuron, rank}, by);
            texts(which + "_text", {neuron.ref, rank.ref}, tokens);
        };
        list("promoted", result_.written.promoted, result_.written.promotedBy);
        list("suppressed", result_.written.suppressed, result_.written.suppressedBy);
    }

    /// For readers without the tokenizer.
    void texts(const std::string& name, const std::vector<AxisRef>& axes,
               const Table& tokens) const {
        auto* file = walk_.file();
        std::vector<std::string> words;
        for (Eigen::Index i = 0; i < tokens.size() && file != nullptr; ++i)
            words.push_back(file->tokenText(TokenId(static_cast<std::int64_t>(tokens.data()[i]))));
        if (file != nullptr)
            file->writer().strings(walk_.path(name), axes, words);
    }

    FieldWalk& walk_;
    NeuronResult& result_;
    const ModelConfig& config_;
    std::vector<std::string> effects_;
    FieldAxis layer_, token_, rank_, level_, effect_;
};

} // namespace

void NeuronAnalysis::fields(FieldWalk& walk, NeuronResult& result) {
    NeuronFields(walk, result).describe();
}

std::uint64_t NeuronAnalysis::bytes(const ModelInfo& model, const PromptInput& input,
                                    const NeuronRequest& request) {
    const auto tokens = static_cast<std::uint64_t>(tokenCount(input.tokens));
    const auto layer = static_cast<std::uint64_t>(model.config.d_mlp);
    const auto chosen = std::min<std::uint64_t>(
        layer, request.choice.kind == ChoiceKind::All ? layer
               : request.choice.kind == ChoiceKind::Top
                   ? static_cast<std::uint64_t>(request.choice.top) + request.also.size()
                   : request.choice.named.size() + request.also.size());
    const auto grid = static_cast<std::uint64_t>(input.tokens.sequences.size()) *
                      static_cast<std::uint64_t>(longestSequence(input.tokens));
    // Of a neuron: means, quantiles, lists of tokens, the curve of its null space.
    const auto perNeuron = static_cast<std::uint64_t>(100 + model.config.d_model);
    auto numbers = layer * perNeuron + 4 * tokens;
    if (request.perToken)
        numbers += chosen * (effectCount * tokens + grid);
    return numbers * byteSize(storedNumber(model.numeric));
}

} // namespace residuum

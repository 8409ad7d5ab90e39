// The file layout of neuron results (CONTRACT, kind "neurons").
#include "analysis/neurons/neuron_analysis.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

std::vector<std::int32_t> ids(const std::vector<NeuronIndex>& neurons) {
    std::vector<std::int32_t> values;
    for (const auto neuron : neurons)
        values.push_back(neuron.value);
    return values;
}

std::span<const double> flat(const Table& table) {
    return {table.data(), static_cast<std::size_t>(table.size())};
}

/// Writes the results of one model into its group.
class NeuronGroup {
  public:
    NeuronGroup(ResultFile& file, std::size_t model, const NeuronResult& result)
        : file_(file), writer_(file.writer()), group_(file.modelGroup(model)), result_(result),
          type_(storedNumber(result.model.numeric)) {
        neuron_ = writer_.axis(path("neuron"), ids(result.chosen.neurons));
        layerNeuron_ = writer_.axis(path("layer_neuron"), result.model.config.d_mlp);
        token_ = writer_.axis(path("token"), static_cast<std::int64_t>(result.tokens.size()));
        rank_ = writer_.axis(path("rank"), std::int64_t{listedTokens});
        std::vector<std::string> levels;
        for (const double level : quantileLevels)
            levels.push_back(std::to_string(static_cast<int>(std::lround(100.0 * level))) + " %");
        level_ = writer_.axis(path("quantile"), levels);
        std::vector<std::string> names;
        for (int e = 0; e < effectCount; ++e)
            names.emplace_back(name(static_cast<Effect>(e)));
        effect_ = writer_.axis(path("effect"), names);
    }

    void write() {
        writer_.attribute(group_, "layer", std::int64_t{result_.layer.value});
        writer_.attribute(group_, "ablation", name(result_.request.ablation));
        writer_.attribute(group_, "null_space", std::int64_t{result_.request.nullSpace});
        writer_.attribute(group_, "chosen_count", static_cast<std::int64_t>(result_.chosenOnes));
        writer_.attribute(group_, "unit", std::string("nats"));
        chosen();
        wholeLayer();
        tokens();
        effects("", neuron_, result_.chosen);
        const auto random = writer_.axis(path("random/neuron"), ids(result_.random.neurons));
        effects("random/", random, result_.random);
        together("cumulative/", result_.cumulative);
        together("random/cumulative/", result_.cumulativeRandom);
        perToken();
        screening();
        written();
    }

  private:
    std::string path(const std::string& name) const { return group_ + "/" + name; }
    void numbers(const std::string& name, const std::vector<AxisRef>& axes,
                 std::span<const double> values) {
        writer_.dataset(path(name), type_, axes, values);
    }

    template <class Get>
    void perChosen(const std::string& name, Get get) {
        std::vector<double> values;
        for (std::size_t i = 0; i < result_.chosen.neurons.size(); ++i)
            values.push_back(get(i, static_cast<std::size_t>(result_.chosen.neurons[i].value)));
        numbers(name, {neuron_}, values);
    }

    void chosen() {
        const auto& weights = result_.weights;
        perChosen("w_out_norm", [&](auto, auto n) { return weights.norm[n]; });
        perChosen("logit_var", [&](auto, auto n) { return weights.logitVar[n]; });
        perChosen("null_space_fraction",
                  [&](auto, auto n) { return weights.nullFraction(n, result_.request.nullSpace); });
        perChosen("score", [&](auto, auto n) { return weights.score(n); });
        perChosen("mean_activation", [&](auto, auto n) { return result_.activations.mean[n]; });
        perChosen("ln_mediated_loss",
                  [&](auto i, auto) { return result_.chosen.lnMediated(i, false); });
        perChosen("ln_mediated_entropy",
                  [&](auto i, auto) { return result_.chosen.lnMediated(i, true); });
        const auto singular = writer_.axis(
            path("direction"), static_cast<std::int64_t>(result_.weights.singular.size()));
        numbers("singular_values", {singular}, weights.singular);
    }

    void wholeLayer() {
        const auto& weights = result_.weights;
        const auto& activations = result_.activations;
        const auto all = [&](const std::string& name, const std::vector<double>& values) {
            numbers("layer/" + name, {layerNeuron_}, values);
        };
        all("w_out_norm", weights.norm);
        all("logit_var", weights.logitVar);
        all("mean_activation", activations.mean);
        all("std_activation", activations.deviation);
        all("min_activation", activations.least);
        all("max_activation", activations.most);
        all("positive_fraction", activations.positive);
        const auto k = writer_.axis(path("k"), upTo(weights.nullCurve.cols()));
        numbers("layer/null_space_curve", {layerNeuron_, k}, flat(weights.nullCurve));
        writer_.dataset(path("layer/top_token"), StoredNumber::Int32, {layerNeuron_, rank_},
                        flat(activations.topToken));
        numbers("layer/top_activation", {layerNeuron_, rank_}, flat(activations.topActivation));
    }

    static std::vector<std::int32_t> upTo(std::int64_t most) {
        std::vector<std::int32_t> values;
        for (std::int32_t k = 1; k <= most; ++k)
            values.push_back(k);
        return values;
    }

    void tokens() {
        std::vector<double> sample, position, loss, entropy;
        for (const auto& token : result_.tokens) {
            sample.push_back(token.sample);
            position.push_back(token.position.value);
            loss.push_back(token.loss);
            entropy.push_back(token.entropy);
        }
        writer_.dataset(path("token_sample"), StoredNumber::Int32, {token_}, sample);
        writer_.dataset(path("token_pos"), StoredNumber::Int32, {token_}, position);
        numbers("loss", {token_}, loss);
        numbers("entropy", {token_}, entropy);
    }

    void means(const std::string& folder, const AxisRef& axis, const Table& mean,
               const Table& meanAbs) {
        for (int e = 0; e < effectCount; ++e) {
            const std::string effect = name(static_cast<Effect>(e));
            const Table column = mean.col(e), columnAbs = meanAbs.col(e);
            numbers(folder + effect, {axis}, flat(column));
            numbers(folder + effect + "_abs", {axis}, flat(columnAbs));
        }
    }

    void effects(const std::string& folder, const AxisRef& axis, const NeuronEffects& effects) {
        means(folder, axis, effects.mean, effects.meanAbs);
        for (std::size_t e = 0; e < effectCount; ++e)
            numbers(folder + name(static_cast<Effect>(e)) + "_abs_quantile", {axis, level_},
                    flat(effects.quantile[e]));
        numbers(folder + "pooled_abs_quantile", {effect_, level_}, flat(effects.pooledQuantile));
    }

    void together(const std::string& folder, const CumulativeEffects& effects) {
        const std::vector<std::int32_t> counts(effects.counts.begin(), effects.counts.end());
        means(folder, writer_.axis(path(folder + "count"), counts), effects.mean, effects.meanAbs);
    }

    void perToken() {
        if (!result_.request.perToken)
            return;
        for (std::size_t e = 0; e < effectCount; ++e)
            numbers(std::string(name(static_cast<Effect>(e))) + "_per_token", {neuron_, token_},
                    flat(result_.perToken[e]));
        numbers("activation", {neuron_, file_.sampleAxis(), file_.posAxis()},
                flat(result_.activation));
    }

    void screening() {
        if (!result_.screening)
            return;
        means("screening/", layerNeuron_, result_.screening->mean, result_.screening->meanAbs);
        for (int e = 0; e < effectCount; ++e) {
            const Table bound = result_.screening->bound.col(e);
            numbers(std::string("screening/") + name(static_cast<Effect>(e)) + "_bound",
                    {layerNeuron_}, flat(bound));
        }
    }

    void written() {
        if (result_.chosen.neurons.empty())
            return;
        // A vocabulary may be smaller than the list.
        const auto& most = result_.written.promoted;
        const auto rank = most.cols() == listedTokens
                              ? rank_
                              : writer_.axis(path("written_rank"), std::int64_t{most.cols()});
        const auto list = [&](const std::string& which, const Table& tokens, const Table& by) {
            std::vector<std::string> texts;
            for (Eigen::Index i = 0; i < tokens.size(); ++i)
                texts.push_back(
                    file_.tokenText(TokenId(static_cast<std::int64_t>(tokens.data()[i]))));
            writer_.dataset(path(which), StoredNumber::Int32, {neuron_, rank}, flat(tokens));
            writer_.strings(path(which + "_text"), {neuron_, rank}, texts);
            numbers(which + "_logit", {neuron_, rank}, flat(by));
        };
        list("promoted", result_.written.promoted, result_.written.promotedBy);
        list("suppressed", result_.written.suppressed, result_.written.suppressedBy);
    }

    ResultFile& file_;
    Hdf5Writer& writer_;
    std::string group_;
    const NeuronResult& result_;
    StoredNumber type_;
    AxisRef neuron_, layerNeuron_, token_, rank_, level_, effect_;
};

} // namespace

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

void NeuronAnalysis::write(ResultFile& file, std::size_t index, const NeuronResult& result,
                           const PromptInput&) {
    NeuronGroup(file, index, result).write();
}

} // namespace residuum

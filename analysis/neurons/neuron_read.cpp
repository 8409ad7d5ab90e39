// Reads what neuron_write.cpp writes.
#include "analysis/neurons/neuron_analysis.h"

#include <cmath>

namespace residuum {

namespace {

/// The group of one model in a result file.
class StoredNeurons {
  public:
    StoredNeurons(const ResultReader& reader, std::size_t index)
        : reader_(reader), group_(reader.modelGroup(index)),
          result_(std::make_shared<NeuronResult>()) {
        result_->model = reader.model(index);
        result_->request = NeuronAnalysis::requestOf(reader.request(), reader.path());
    }

    std::shared_ptr<NeuronResult> read() {
        const auto layer = reader_.file().numberAttribute(group_, "layer");
        if (layer.size() != 1 || !(layer[0] >= 0 && layer[0] < config().n_layers))
            reader_.refuse(group_ + " @layer", "must be a layer of the model");
        result_->layer = LayerIndex(static_cast<std::int64_t>(layer[0]));
        readTokens();
        readLayer();
        result_->chosen = effects("");
        result_->chosenOnes = readChosenCount();
        result_->random = effects("random/");
        result_->cumulative = together("cumulative/");
        result_->cumulativeRandom = together("random/cumulative/");
        if (result_->request.perToken)
            readPerToken();
        readScreening();
        readWritten();
        return std::move(result_);
    }

  private:
    const ModelConfig& config() const { return result_->model.config; }
    std::string path(const std::string& name) const { return group_ + "/" + name; }
    template <class Values>
    static std::int64_t count(const Values& values) {
        return static_cast<std::int64_t>(values.size());
    }

    std::vector<double> list(const std::string& name, std::int64_t length) const {
        return reader_.numbers(path(name), {length});
    }
    Table table(const std::string& name, std::int64_t rows, std::int64_t columns) const {
        const auto values = reader_.numbers(path(name), {rows, columns});
        return Eigen::Map<const Table>(values.data(), rows, columns);
    }
    std::int64_t columnsOf(const std::string& name) const {
        const auto shape = reader_.file().shape(path(name));
        if (shape.size() != 2)
            reader_.refuse(path(name), "does not have two axes");
        return shape[1];
    }

    void readTokens() {
        const auto loss = reader_.file().numbers(path("loss")).values;
        const auto entropy = list("entropy", count(loss));
        const auto sample = list("token_sample", count(loss));
        const auto position = list("token_pos", count(loss));
        for (std::size_t i = 0; i < loss.size(); ++i) {
            if (!(sample[i] >= 0 && sample[i] < 1e9 && position[i] >= 0 &&
                  position[i] < config().n_ctx))
                reader_.refuse(path("token_pos"), "names a token that cannot be there");
            result_->tokens.push_back({static_cast<int>(sample[i]),
                                       PositionIndex(static_cast<std::int64_t>(position[i])),
                                       loss[i], entropy[i]});
        }
    }

    void readLayer() {
        const std::int64_t M = config().d_mlp;
        auto& weights = result_->weights;
        weights.norm = list("layer/w_out_norm", M);
        weights.logitVar = list("layer/logit_var", M);
        weights.nullCurve = table("layer/null_space_curve", M, columnsOf("layer/null_space_curve"));
        if (weights.nullCurve.cols() < 1)
            reader_.refuse(path("layer/null_space_curve"), "must have a value for k = 1");
        weights.singular = list("singular_values", config().d_model);
        auto& activations = result_->activations;
        activations.mean = list("layer/mean_activation", M);
        activations.deviation = list("layer/std_activation", M);
        activations.least = list("layer/min_activation", M);
        activations.most = list("layer/max_activation", M);
        activations.positive = list("layer/positive_fraction", M);
        activations.topToken = table("layer/top_token", M, listedTokens);
        activations.topActivation = table("layer/top_activation", M, listedTokens);
        if (!(activations.topToken < static_cast<double>(result_->tokens.size())).all())
            reader_.refuse(path("layer/top_token"), "names a token that is not there");
    }

    std::vector<NeuronIndex> neurons(const std::string& name) const {
        std::vector<NeuronIndex> list;
        for (const double id : reader_.file().numbers(path(name)).values) {
            if (!(id >= 0 && id < config().d_mlp) || id != std::floor(id))
                reader_.refuse(path(name), "names a neuron that the layer does not have");
            list.emplace_back(static_cast<std::int64_t>(id));
        }
        return list;
    }

    void means(const std::string& folder, std::int64_t lines, Table& mean, Table& meanAbs) const {
        mean.resize(lines, effectCount);
        meanAbs.resize(lines, effectCount);
        for (int e = 0; e < effectCount; ++e) {
            const auto effect = folder + name(static_cast<Effect>(e));
            const auto signedMeans = list(effect, lines), magnitudes = list(effect + "_abs", lines);
            for (Eigen::Index i = 0; i < lines; ++i) {
                mean(i, e) = signedMeans[static_cast<std::size_t>(i)];
                meanAbs(i, e) = magnitudes[static_cast<std::size_t>(i)];
            }
        }
    }

    NeuronEffects effects(const std::string& folder) const {
        NeuronEffects effects;
        effects.neurons = neurons(folder + "neuron");
        const auto lines = count(effects.neurons);
        const auto levels = static_cast<std::int64_t>(quantileLevels.size());
        means(folder, lines, effects.mean, effects.meanAbs);
        for (std::size_t e = 0; e < effectCount; ++e)
            effects.quantile[e] =
                table(folder + name(static_cast<Effect>(e)) + "_abs_quantile", lines, levels);
        effects.pooledQuantile = table(folder + "pooled_abs_quantile", effectCount, levels);
        return effects;
    }

    std::size_t readChosenCount() const {
        const auto count = reader_.file().numberAttribute(group_, "chosen_count");
        const auto most = static_cast<double>(result_->chosen.neurons.size());
        if (count.size() != 1 || !(count[0] >= 0 && count[0] <= most) ||
            count[0] != std::floor(count[0]))
            reader_.refuse(group_ + " @chosen_count", "must count neurons of the axis neuron");
        return static_cast<std::size_t>(count[0]);
    }

    CumulativeEffects together(const std::string& folder) const {
        CumulativeEffects effects;
        for (const double value : reader_.file().numbers(path(folder + "count")).values) {
            const double least = effects.counts.empty() ? 1 : effects.counts.back() + 1;
            if (!(value >= least && value <= config().d_mlp) || value != std::floor(value))
                reader_.refuse(path(folder + "count"), "must be ascending numbers of neurons");
            effects.counts.push_back(static_cast<int>(value));
        }
        means(folder, count(effects.counts), effects.mean, effects.meanAbs);
        return effects;
    }

    void readPerToken() {
        const auto lines = count(result_->chosen.neurons);
        for (std::size_t e = 0; e < effectCount; ++e)
            result_->perToken[e] = table(std::string(name(static_cast<Effect>(e))) + "_per_token",
                                         lines, count(result_->tokens));
        const auto shape = reader_.tokenShape();
        const auto values = reader_.numbers(path("activation"), {lines, shape[0], shape[1]});
        result_->activation = Eigen::Map<const Table>(values.data(), lines, shape[0] * shape[1]);
    }

    void readScreening() {
        if (!reader_.file().contains(path("screening")))
            return;
        const std::int64_t M = config().d_mlp;
        NeuronScreening screening;
        means("screening/", M, screening.mean, screening.meanAbs);
        screening.bound.resize(M, effectCount);
        for (int e = 0; e < effectCount; ++e) {
            const auto bound =
                list(std::string("screening/") + name(static_cast<Effect>(e)) + "_bound", M);
            screening.bound.col(e) = Eigen::Map<const Eigen::ArrayXd>(bound.data(), M);
        }
        result_->screening = std::move(screening);
    }

    void readWritten() {
        const auto lines = count(result_->chosen.neurons);
        if (lines == 0)
            return;
        const auto columns = columnsOf("promoted");
        auto& written = result_->written;
        written.promoted = table("promoted", lines, columns);
        written.promotedBy = table("promoted_logit", lines, columns);
        written.suppressed = table("suppressed", lines, columns);
        written.suppressedBy = table("suppressed_logit", lines, columns);
        for (const auto* ids : {&written.promoted, &written.suppressed})
            if (!(*ids >= 0.0 && *ids < static_cast<double>(config().d_vocab)).all())
                reader_.refuse(path("promoted"), "names a token outside the vocabulary");
    }

    const ResultReader& reader_;
    std::string group_;
    std::shared_ptr<NeuronResult> result_;
};

} // namespace

std::shared_ptr<NeuronResult> NeuronAnalysis::read(const ResultReader& reader, std::size_t index) {
    return StoredNeurons(reader, index).read();
}

} // namespace residuum

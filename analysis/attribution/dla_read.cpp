// Reads what dla_write.cpp writes. Shapes: S = samples, P = positions, C = components, R = rows.
#include "analysis/attribution/dla_analysis.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace residuum {

namespace {

/// The group of one model in a result file.
class StoredDla {
  public:
    StoredDla(const ResultReader& reader, std::size_t index)
        : reader_(reader), group_(reader.modelGroup(index)),
          result_(std::make_shared<DlaResult>()) {
        result_->model = reader.model(index);
        result_->request = DlaAnalysis::requestOf(reader.request(), reader.path());
    }

    std::shared_ptr<DlaResult> read() {
        readComponents();
        readRows();
        result_->dla = perRow("dla", static_cast<std::int64_t>(result_->components.size()));
        result_->directEffect =
            perRow("direct_effect", static_cast<std::int64_t>(result_->components.size()));
        readPredictions();
        readNeurons();
        readNmae();
        return std::move(result_);
    }

  private:
    std::string path(const char* name) const { return group_ + "/" + name; }
    bool allPositions() const { return result_->request.allPositions; }

    void readComponents() {
        int layers = 0, heads = 0;
        for (const auto& text : reader_.file().strings(path("component"))) {
            const auto component = parseComponent(text);
            if (!component)
                reader_.refuse(path("component"), "has the unknown label " + text);
            result_->components.push_back(*component);
            layers = std::max(layers, component->layer.value + 1);
            heads = std::max(heads, component->head.value + 1);
        }
        auto& config = result_->model.config;
        if (config.n_layers == 0) { // a file of an older version, without a report of its model
            config.n_layers = layers;
            config.n_heads = heads;
        }
        // The count first: it bounds what allComponents would make.
        const auto wanted = 2 + std::int64_t{config.n_layers} * (config.n_heads + 3);
        if (wanted != static_cast<std::int64_t>(result_->components.size()) ||
            result_->components != allComponents(config.n_layers, config.n_heads))
            reader_.refuse(path("component"), "does not hold the components of a GPT-2 in order");
    }

    /// Every place in [S] or [S, P] that holds a target is a row.
    void readRows() {
        const auto targets = reader_.file().numbers(path("target"));
        if (targets.shape.size() != (allPositions() ? 2U : 1U))
            reader_.refuse(path("target"), "does not have the axes its request calls for");
        shape_ = targets.shape;
        const auto width = allPositions() ? static_cast<std::size_t>(shape_[1]) : 1U;
        const auto positions =
            allPositions() ? std::vector<double>() : positionsOf(targets.values.size());
        const auto logit = reader_.numbers(path("logit"), shape_);
        const auto mean = reader_.numbers(path("logit_mean"), shape_);
        const auto bias = reader_.numbers(path("unembed_bias"), shape_);
        const auto error = reader_.numbers(path("completeness_error"), shape_);
        for (std::size_t at = 0; at < targets.values.size(); ++at) {
            if (targets.values[at] < 0.0)
                continue;
            AttributionRow row;
            row.sample = static_cast<int>(at / width);
            row.position = PositionIndex(
                static_cast<std::int64_t>(allPositions() ? at % width : positions[at]));
            row.target = TokenId(static_cast<std::int64_t>(targets.values[at]));
            row.logit = logit[at];
            row.logitMean = mean[at];
            row.unembedBias = bias[at];
            row.completenessError = error[at];
            result_->rows.push_back(row);
            places_.push_back(at);
        }
    }

    std::vector<double> positionsOf(std::size_t samples) const {
        if (reader_.file().contains(path("position")))
            return reader_.numbers(path("position"), shape_);
        return std::vector<double>(samples, 0.0);
    }

    /// values [leading, S] or [leading, S, P] as [leading, R].
    Table perRow(const char* name, std::int64_t leading) const {
        return perRow(name, std::vector<std::int64_t>{leading});
    }
    Table perRow(const char* name, const std::vector<std::int64_t>& leading) const {
        auto shape = leading;
        shape.insert(shape.end(), shape_.begin(), shape_.end());
        const auto values = reader_.numbers(path(name), shape);
        Eigen::Index lines = 1;
        for (const auto extent : leading)
            lines *= extent;
        const auto stride = lines == 0 ? 0 : values.size() / static_cast<std::size_t>(lines);
        Table table(lines, static_cast<Eigen::Index>(places_.size()));
        for (Eigen::Index line = 0; line < lines; ++line)
            for (std::size_t r = 0; r < places_.size(); ++r)
                table(line, static_cast<Eigen::Index>(r)) =
                    values[static_cast<std::size_t>(line) * stride + places_[r]];
        return table;
    }

    void readPredictions() {
        if (!reader_.file().contains(path("prediction")))
            return;
        const auto ids = reader_.file().numbers(path("prediction"));
        if (ids.shape.size() != shape_.size() + 1)
            reader_.refuse(path("prediction"), "does not have the axes its request calls for");
        auto shape = shape_;
        shape.push_back(ids.shape.back());
        const auto tokens = reader_.numbers(path("prediction"), shape);
        const auto probabilities = reader_.numbers(path("prediction_probability"), shape);
        const auto logits = reader_.numbers(path("prediction_logit"), shape);
        const auto ranks = static_cast<std::size_t>(ids.shape.back());
        for (std::size_t r = 0; r < places_.size(); ++r)
            for (std::size_t at = places_[r] * ranks; at < (places_[r] + 1) * ranks; ++at)
                result_->rows[r].predictions.push_back(
                    {TokenId(static_cast<std::int64_t>(tokens[at])), probabilities[at],
                     logits[at]});
    }

    void readNeurons() {
        if (!result_->request.neurons)
            return;
        const std::vector<std::int64_t> leading{
            result_->model.config.n_layers,
            static_cast<std::int64_t>(reader_.file().numbers(path("neuron")).values.size())};
        result_->dlaNeuron = perRow("dla_neuron", leading);
        result_->directEffectNeuron = perRow("direct_effect_neuron", leading);
    }

    void readNmae() {
        const auto& config = result_->model.config;
        const auto heads = reader_.file().numberAttribute(group_, "nmae_heads");
        if (heads.size() != 1)
            reader_.refuse(group_ + " @nmae_heads", "must be one number");
        result_->nmae.heads = heads.front();
        if (reader_.file().hasAttribute(group_, "nmae_heads_ci95")) {
            const auto interval = reader_.file().numberAttribute(group_, "nmae_heads_ci95");
            if (interval.size() != 2)
                reader_.refuse(group_ + " @nmae_heads_ci95", "must be two numbers");
            if (result_->rows.size() > 1) // older versions wrote one of one sample too
                result_->nmae.ci95 = {interval[0], interval[1]};
        }
        const auto perHead =
            reader_.numbers(path("nmae_per_head"), {config.n_layers, config.n_heads});
        result_->nmae.perHead =
            Eigen::Map<const Table>(perHead.data(), config.n_layers, config.n_heads);
    }

    const ResultReader& reader_;
    std::string group_;
    std::shared_ptr<DlaResult> result_;
    std::vector<std::int64_t> shape_; ///< of everything per row: [S] or [S, P]
    std::vector<std::size_t> places_; ///< of each row in it, flattened
};

} // namespace

std::shared_ptr<DlaResult> DlaAnalysis::read(const ResultReader& reader, std::size_t index) {
    return StoredDla(reader, index).read();
}

} // namespace residuum

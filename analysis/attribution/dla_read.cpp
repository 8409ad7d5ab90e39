// Reads what dla_write.cpp writes. Shapes: S = samples, P = positions, C = components, R = rows.
#include "analysis/attribution/dla_analysis.h"
#include "analysis/results/row_groups.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

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
    bool allPositions() const { return result_->request.position.all; }

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
        shape_ = reader_.file().shape(path("target"));
        if (shape_.size() != (allPositions() ? 2U : 1U))
            reader_.refuse(path("target"), "does not have the axes its request calls for");
        const auto tokens = reader_.tokenShape();
        if (tokens[0] != shape_[0] || (allPositions() && tokens[1] != shape_[1]))
            reader_.refuse(path("target"), "has other sequences than the tokens");
        positions_ = tokens[1];
        for (const auto* name : {"logit", "logit_mean", "unembed_bias", "completeness_error"})
            requireShape(name, shape_);
        const bool positions = !allPositions() && reader_.file().contains(path("position"));
        if (positions)
            requireShape("position", shape_);
        const auto step = allPositions() ? rowsAtOnce : std::max<std::int64_t>(1, shape_[0]);
        for (std::int64_t first = 0; first < shape_[0]; first += step)
            readRowsOf(first, std::min(step, shape_[0] - first), positions);
    }

    void readRowsOf(std::int64_t first, std::int64_t samples, bool positions) {
        const auto width = allPositions() ? shape_[1] : 1;
        Group group{first, samples, 0, {}};
        const auto block = [&](const char* name) {
            return reader_.file().numbers(path(name), around({}, first, 0),
                                          around({}, samples, width));
        };
        const auto targets = block("target"), logit = block("logit"), mean = block("logit_mean"),
                   bias = block("unembed_bias"), error = block("completeness_error");
        const auto position = positions ? block("position") : std::vector<double>(targets.size());
        for (std::size_t at = 0; at < targets.size(); ++at) {
            if (!(targets[at] >= 0.0))
                continue;
            const auto sample = static_cast<std::int64_t>(at) / width;
            const auto inside = static_cast<std::int64_t>(at) % width;
            AttributionRow row;
            row.sample = static_cast<int>(first + sample);
            row.position = PositionIndex(allPositions() ? inside : whole(position[at], "position"));
            row.target = TokenId(whole(targets[at], "target"));
            row.logit = logit[at];
            row.logitMean = mean[at];
            row.unembedBias = bias[at];
            row.completenessError = error[at];
            result_->rows.push_back(row);
            group.places.emplace_back(sample, inside);
            group.longest = std::max(group.longest, inside + 1);
        }
        if (!group.places.empty())
            groups_.push_back(std::move(group));
    }

    std::int64_t whole(double value, const char* name) const {
        if (!(value >= 0.0 && value <= std::numeric_limits<std::int32_t>::max()))
            reader_.refuse(path(name), "holds what is no whole number from 0");
        return static_cast<std::int64_t>(value);
    }

    void requireShape(const char* name, const std::vector<std::int64_t>& shape) const {
        if (reader_.file().shape(path(name)) != shape)
            reader_.refuse(path(name), "does not have the axes its request calls for");
    }

    /// [leading…, a] or [leading…, a, b].
    std::vector<std::int64_t> around(std::vector<std::int64_t> leading, std::int64_t a,
                                     std::int64_t b) const {
        leading.push_back(a);
        if (allPositions())
            leading.push_back(b);
        return leading;
    }

    /// values [leading, S] or [leading, S, P] as [leading, R].
    Table perRow(const char* name, std::int64_t leading) const {
        return perRow(name, std::vector<std::int64_t>{leading});
    }
    Table perRow(const char* name, const std::vector<std::int64_t>& leading) const {
        auto shape = leading;
        shape.insert(shape.end(), shape_.begin(), shape_.end());
        requireShape(name, shape);
        const auto inner = leading.back();
        const auto outer = leading.size() == 2 ? leading.front() : 1;
        Table table(outer * inner, static_cast<Eigen::Index>(result_->rows.size()));
        Eigen::Index first = 0;
        for (const auto& group : groups_) {
            const auto step = std::max<std::int64_t>(1, (std::int64_t{1} << 20) /
                                                            (group.samples * group.longest));
            for (std::int64_t o = 0; o < outer; ++o)
                for (std::int64_t line = 0; line < inner; line += step)
                    take(name, group, leading.size() == 2 ? std::optional(o) : std::nullopt, line,
                         std::min(step, inner - line), table, o * inner + line, first);
            first += static_cast<Eigen::Index>(group.places.size());
        }
        return table;
    }

    /// Samples read at once, and where in them the rows are.
    struct Group {
        std::int64_t first = 0, samples = 0, longest = 0;
        std::vector<std::pair<std::int64_t, std::int64_t>> places; ///< (sample, position)
    };

    void take(const char* name, const Group& group, std::optional<std::int64_t> outer,
              std::int64_t line, std::int64_t lines, Table& table, Eigen::Index tableLine,
              Eigen::Index firstRow) const {
        std::vector<std::int64_t> at, count;
        if (outer) {
            at.push_back(*outer);
            count.push_back(1);
        }
        at.push_back(line);
        count.push_back(lines);
        const auto values = reader_.file().numbers(path(name), around(at, group.first, 0),
                                                   around(count, group.samples, group.longest));
        for (Eigen::Index l = 0; l < lines; ++l)
            for (std::size_t r = 0; r < group.places.size(); ++r) {
                const auto& [sample, position] = group.places[r];
                table(tableLine + l, firstRow + static_cast<Eigen::Index>(r)) =
                    values[static_cast<std::size_t>((l * group.samples + sample) * group.longest +
                                                    position)];
            }
    }

    void readPredictions() {
        if (!reader_.file().contains(path("prediction")))
            return;
        const auto shape = reader_.file().shape(path("prediction"));
        if (shape.size() != shape_.size() + 1 ||
            !std::equal(shape_.begin(), shape_.end(), shape.begin()))
            reader_.refuse(path("prediction"), "does not have the axes its request calls for");
        requireShape("prediction_probability", shape);
        requireShape("prediction_logit", shape);
        std::size_t row = 0;
        for (const auto& group : groups_) {
            auto at = around({}, group.first, 0), count = around({}, group.samples, group.longest);
            at.push_back(0);
            count.push_back(shape.back());
            const auto tokens = reader_.file().numbers(path("prediction"), at, count);
            const auto probabilities =
                reader_.file().numbers(path("prediction_probability"), at, count);
            const auto logits = reader_.file().numbers(path("prediction_logit"), at, count);
            for (const auto& [sample, position] : group.places) {
                const auto first = (sample * group.longest + position) * shape.back();
                for (auto i = static_cast<std::size_t>(first);
                     i < static_cast<std::size_t>(first + shape.back()); ++i)
                    result_->rows[row].predictions.push_back(
                        {TokenId(tokens[i] < 0.0 ? -1 : whole(tokens[i], "prediction")),
                         probabilities[i], logits[i]});
                ++row;
            }
        }
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
    std::int64_t positions_ = 0;      ///< of the tokens
    std::vector<Group> groups_;       ///< those that have rows
};

} // namespace

std::shared_ptr<DlaResult> DlaAnalysis::read(const ResultReader& reader, std::size_t index) {
    return StoredDla(reader, index).read();
}

std::vector<std::string> DlaAnalysis::targetTexts(const ResultReader& reader, std::size_t index,
                                                  const DlaResult& result) {
    std::vector<std::string> texts;
    for (const auto& row : result.rows)
        texts.push_back("#" + std::to_string(row.target.value));
    const auto path = reader.modelGroup(index) + "/target_text";
    if (!reader.file().contains(path))
        return texts;
    const auto shape = reader.file().shape(path);
    const bool all = result.request.position.all;
    if (shape.size() != (all ? 2U : 1U))
        reader.refuse(path, "does not have the axes its request calls for");
    std::int64_t first = 0, count = 0; // the samples in hand
    std::vector<std::string> block;
    for (std::size_t r = 0; r < result.rows.size(); ++r) {
        const auto& row = result.rows[r];
        if (row.sample >= first + count) {
            first = row.sample;
            count = std::min(rowsAtOnce, shape[0] - first);
            block = reader.file().strings(
                path, all ? std::vector<std::int64_t>{first, 0} : std::vector{first},
                all ? std::vector<std::int64_t>{count, shape[1]} : std::vector{count});
        }
        const auto at = static_cast<std::size_t>(
            all ? (row.sample - first) * shape[1] + row.position.value : row.sample - first);
        if (at < block.size())
            texts[r] = block[at];
    }
    return texts;
}

} // namespace residuum

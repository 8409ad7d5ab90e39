// The file layout of attribution results (CONTRACT, kind "dla").
#include "analysis/attribution/dla_analysis.h"
#include "analysis/attribution/row_arrays.h"

#include <limits>

namespace residuum {

namespace {

std::vector<std::string> labels(const std::vector<Component>& components) {
    std::vector<std::string> result;
    for (const auto& component : components)
        result.push_back(label(component));
    return result;
}

/// Writes the results of one model into its group.
class DlaGroup {
  public:
    DlaGroup(ResultFile& file, std::size_t model, const DlaResult& result, const TokenInput& input)
        : file_(file), writer_(file.writer()), group_(file.modelGroup(model)), result_(result),
          type_(storedNumber(result.model.numeric)),
          rows_(file, result.rows, input, result.request.position.all) {
        component_ = writer_.axis(group_ + "/component", labels(result.components));
        layer_ = writer_.axis(group_ + "/layer", result.model.config.n_layers);
        head_ = writer_.axis(group_ + "/head", result.model.config.n_heads);
    }

    void write() {
        const RowArrays::Axes leading{
            {component_, static_cast<std::int64_t>(result_.components.size())}};
        perRow("dla", leading, result_.dla);
        perRow("direct_effect", leading, result_.directEffect);
        if (result_.request.neurons)
            writeNeurons();
        writeRows();
        writeTexts();
        writePredictions();
        writeNmae();
        writeUnits();
    }

  private:
    void perRow(const std::string& name, const RowArrays::Axes& leading, const Table& values) {
        rows_.write(group_ + "/" + name, type_, leading, {},
                    [&](std::int64_t line, std::size_t row, std::size_t) {
                        return values(line, static_cast<Eigen::Index>(row));
                    });
    }

    template <class Get>
    void rowNumbers(const std::string& name, StoredNumber type, Get get) {
        rows_.write(group_ + "/" + name, type, {}, {},
                    [&](std::int64_t, std::size_t row, std::size_t) {
                        return static_cast<double>(get(result_.rows[row]));
                    });
    }

    /// What the targets say, for readers without the tokenizer.
    void writeTexts() {
        rows_.writeTexts(group_ + "/target_text", [&](std::size_t row) {
            return file_.tokenText(result_.rows[row].target);
        });
        if (result_.request.versus)
            writer_.attribute(group_, "versus_text", file_.tokenText(*result_.request.versus));
    }

    void writeRows() {
        using Row = AttributionRow;
        rowNumbers("target", StoredNumber::Int32, [](const Row& r) { return r.target.value; });
        rowNumbers("logit", type_, [](const Row& r) { return r.logit; });
        rowNumbers("logit_mean", type_, [](const Row& r) { return r.logitMean; });
        rowNumbers("unembed_bias", type_, [](const Row& r) { return r.unembedBias; });
        rowNumbers("completeness_error", type_, [](const Row& r) { return r.completenessError; });
        if (!result_.request.position.all)
            rowNumbers("position", StoredNumber::Int32,
                       [](const Row& r) { return r.position.value; });
    }

    /// The model's own top predictions [sample, (pos,) rank].
    void writePredictions() {
        const auto ranks = result_.rows.empty() ? 0 : result_.rows.front().predictions.size();
        if (ranks == 0)
            return;
        const RowArrays::Axes rank{
            {writer_.axis(group_ + "/rank", static_cast<std::int64_t>(ranks)),
             static_cast<std::int64_t>(ranks)}};
        const auto list = [&](const std::string& name, StoredNumber type, double missing,
                              auto get) {
            rows_.write(group_ + "/" + name, type, {}, rank,
                        [&](std::int64_t, std::size_t row, std::size_t at) {
                            const auto& predictions = result_.rows[row].predictions;
                            return at < predictions.size()
                                       ? static_cast<double>(get(predictions[at]))
                                       : missing;
                        });
        };
        const double nan = std::numeric_limits<double>::quiet_NaN();
        list("prediction", StoredNumber::Int32, -1.0,
             [](const Prediction& p) { return p.token.value; });
        list("prediction_probability", type_, nan,
             [](const Prediction& p) { return p.probability; });
        list("prediction_logit", type_, nan, [](const Prediction& p) { return p.logit; });
    }

    void writeNeurons() {
        const std::int64_t width = result_.model.config.d_mlp;
        const RowArrays::Axes leading{{layer_, result_.model.config.n_layers},
                                      {writer_.axis(group_ + "/neuron", width), width}};
        perRow("dla_neuron", leading, result_.dlaNeuron);
        perRow("direct_effect_neuron", leading, result_.directEffectNeuron);
    }

    void writeNmae() {
        writer_.attribute(group_, "nmae_heads", result_.nmae.heads);
        if (result_.nmae.ci95)
            writer_.attribute(
                group_, "nmae_heads_ci95",
                std::vector<double>(result_.nmae.ci95->begin(), result_.nmae.ci95->end()));
        const auto& perHead = result_.nmae.perHead;
        writer_.dataset(group_ + "/nmae_per_head", type_, {layer_, head_},
                        {perHead.data(), static_cast<std::size_t>(perHead.size())});
    }

    void writeUnits() {
        writer_.attribute(group_ + "/dla", "ln_treatment", std::string("LN frozen"));
        writer_.attribute(group_ + "/direct_effect", "ln_treatment", std::string("LN recomputed"));
        writer_.attribute(group_ + "/dla", "unit", std::string("logits"));
        writer_.attribute(group_ + "/direct_effect", "unit", std::string("logits"));
        writer_.attribute(group_ + "/nmae_per_head", "unit", std::string("percent"));
    }

    const ResultFile& file_;
    Hdf5Writer& writer_;
    std::string group_;
    const DlaResult& result_;
    StoredNumber type_;
    RowArrays rows_;
    AxisRef component_, layer_, head_;
};

} // namespace

std::uint64_t DlaAnalysis::bytes(const ModelInfo& model, const PromptInput& input,
                                 const DlaRequest& request) {
    const auto& config = model.config;
    const auto rows = static_cast<std::uint64_t>(
        request.position.all ? tokenCount(input.tokens)
                             : static_cast<std::int64_t>(input.tokens.sequences.size()));
    auto perRow = 2 * (2 + static_cast<std::uint64_t>(config.n_layers) *
                               (static_cast<std::uint64_t>(config.n_heads) + 3));
    if (request.neurons)
        perRow += 2 * static_cast<std::uint64_t>(config.n_layers) *
                  static_cast<std::uint64_t>(config.d_mlp);
    perRow += 6 + 3 * static_cast<std::uint64_t>(request.topPredictions);
    return rows * perRow * byteSize(storedNumber(model.numeric));
}

void DlaAnalysis::write(ResultFile& file, std::size_t index, const DlaResult& result,
                        const PromptInput& input) {
    DlaGroup(file, index, result, input.tokens).write();
}

} // namespace residuum

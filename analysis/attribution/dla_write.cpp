// The file layout of attribution results (CONTRACT, kind "dla").
#include "analysis/attribution/dla_analysis.h"

#include <algorithm>
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
          input_(input), type_(storedNumber(result.model.numeric)), sample_(file.sampleAxis()),
          pos_(file.posAxis()), width_(file.width()) {
        component_ = writer_.axis(group_ + "/component", labels(result.components));
        layer_ = writer_.axis(group_ + "/layer", result.model.config.n_layers);
        head_ = writer_.axis(group_ + "/head", result.model.config.n_heads);
    }

    void write() {
        perRow("dla", {component_}, result_.dla);
        perRow("direct_effect", {component_}, result_.directEffect);
        if (result_.request.neurons)
            writeNeurons();
        writeRows();
        writeTexts();
        writePredictions();
        writeNmae();
        writeUnits();
    }

  private:
    bool allPositions() const { return result_.request.allPositions; }
    std::int64_t samples() const { return static_cast<std::int64_t>(input_.sequences.size()); }

    std::int64_t width() const { return width_; }

    std::vector<AxisRef> withRowAxes(std::vector<AxisRef> axes) const {
        axes.push_back(sample_);
        if (allPositions())
            axes.push_back(pos_);
        return axes;
    }

    /// Where the i-th row stands in [sample] or [sample, pos], flattened.
    std::size_t place(std::size_t i) const {
        const auto& row = result_.rows[i];
        return allPositions() ? static_cast<std::size_t>(row.sample * width() + row.position.value)
                              : static_cast<std::size_t>(row.sample);
    }

    std::int64_t rowPlaces() const { return allPositions() ? samples() * width() : samples(); }

    /// values: [leading axes flattened, row]; places without a row (padding) are NaN.
    void perRow(const std::string& name, const std::vector<AxisRef>& leading, const Table& values) {
        const auto places = static_cast<std::size_t>(rowPlaces());
        std::vector<double> flat(static_cast<std::size_t>(values.rows()) * places,
                                 std::numeric_limits<double>::quiet_NaN());
        for (std::size_t i = 0; i < result_.rows.size(); ++i) {
            for (Eigen::Index c = 0; c < values.rows(); ++c)
                flat[static_cast<std::size_t>(c) * places + place(i)] =
                    values(c, static_cast<Eigen::Index>(i));
        }
        writer_.dataset(group_ + "/" + name, type_, withRowAxes(leading), flat);
    }

    template <class Get>
    void rowNumbers(const std::string& name, StoredNumber type, double padding, Get get) {
        std::vector<double> flat(static_cast<std::size_t>(rowPlaces()), padding);
        for (std::size_t i = 0; i < result_.rows.size(); ++i)
            flat[place(i)] = get(result_.rows[i]);
        writer_.dataset(group_ + "/" + name, type, withRowAxes({}), flat);
    }

    /// What the targets say, for readers without the tokenizer.
    void writeTexts() {
        std::vector<std::string> texts(static_cast<std::size_t>(rowPlaces()));
        for (std::size_t i = 0; i < result_.rows.size(); ++i)
            texts[place(i)] = file_.tokenText(result_.rows[i].target);
        writer_.strings(group_ + "/target_text", withRowAxes({}), texts);
        if (result_.request.versus)
            writer_.attribute(group_, "versus_text", file_.tokenText(*result_.request.versus));
    }

    void writeRows() {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        using Row = AttributionRow;
        rowNumbers("target", StoredNumber::Int32, -1, [](const Row& r) { return r.target.value; });
        rowNumbers("logit", type_, nan, [](const Row& r) { return r.logit; });
        rowNumbers("logit_mean", type_, nan, [](const Row& r) { return r.logitMean; });
        rowNumbers("unembed_bias", type_, nan, [](const Row& r) { return r.unembedBias; });
        rowNumbers("completeness_error", type_, nan,
                   [](const Row& r) { return r.completenessError; });
        if (!allPositions())
            rowNumbers("position", StoredNumber::Int32, -1,
                       [](const Row& r) { return r.position.value; });
    }

    /// The model's own top predictions [sample, (pos,) rank].
    void writePredictions() {
        const auto ranks = result_.rows.empty() ? 0 : result_.rows.front().predictions.size();
        if (ranks == 0)
            return;
        const auto places = static_cast<std::size_t>(rowPlaces());
        const double nan = std::numeric_limits<double>::quiet_NaN();
        std::vector<double> tokens(places * ranks, -1.0), probabilities(tokens.size(), nan),
            logits(tokens.size(), nan);
        for (std::size_t i = 0; i < result_.rows.size(); ++i) {
            const auto& predictions = result_.rows[i].predictions;
            for (std::size_t r = 0; r < std::min(ranks, predictions.size()); ++r) {
                tokens[place(i) * ranks + r] = predictions[r].token.value;
                probabilities[place(i) * ranks + r] = predictions[r].probability;
                logits[place(i) * ranks + r] = predictions[r].logit;
            }
        }
        auto axes = withRowAxes({});
        axes.push_back(writer_.axis(group_ + "/rank", static_cast<std::int64_t>(ranks)));
        writer_.dataset(group_ + "/prediction", StoredNumber::Int32, axes, tokens);
        writer_.dataset(group_ + "/prediction_probability", type_, axes, probabilities);
        writer_.dataset(group_ + "/prediction_logit", type_, axes, logits);
    }

    void writeNeurons() {
        const auto neuron = writer_.axis(group_ + "/neuron", result_.model.config.d_mlp);
        perRow("dla_neuron", {layer_, neuron}, result_.dlaNeuron);
        perRow("direct_effect_neuron", {layer_, neuron}, result_.directEffectNeuron);
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
    const TokenInput& input_;
    StoredNumber type_;
    AxisRef sample_, pos_, component_, layer_, head_;
    std::int64_t width_;
};

} // namespace

void DlaAnalysis::write(ResultFile& file, std::size_t index, const DlaResult& result,
                        const PromptInput& input) {
    DlaGroup(file, index, result, input.tokens).write();
}

} // namespace residuum

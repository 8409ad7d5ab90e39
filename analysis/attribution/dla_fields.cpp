// The fields of attribution results (CONTRACT, kind "dla").
#include "analysis/attribution/dla_analysis.h"
#include "analysis/question/row_groups.h"
#include "analysis/question/row_walk.h"
#include "core/checkpoint/treatment.h"

#include <algorithm>

namespace residuum {

namespace {

/// What labels say; in files of older versions, which have no report of their model, of it too.
std::vector<Component> componentsOf(const FieldWalk& walk, const std::vector<std::string>& labels,
                                    ModelConfig& config) {
    std::vector<Component> components;
    int layers = 0, heads = 0;
    for (const auto& text : labels) {
        const auto component = parseComponent(text);
        walk.require(component.has_value(), "component", "has the unknown label " + text);
        components.push_back(*component);
        layers = std::max(layers, component->layer.value + 1);
        heads = std::max(heads, component->head.value + 1);
    }
    if (config.n_layers == 0) {
        config.n_layers = layers;
        config.n_heads = heads;
    }
    // The count first: it bounds what allComponents would make.
    const auto wanted = 2 + std::int64_t{config.n_layers} * (config.n_heads + 3);
    walk.require(wanted == static_cast<std::int64_t>(components.size()) &&
                     components == allComponents(config.n_layers, config.n_heads),
                 "component", "does not hold the components of a GPT-2 in order");
    return components;
}

FieldAxis componentAxis(FieldWalk& walk, DlaResult& result) {
    std::vector<std::string> labels;
    for (const auto& component : result.components)
        labels.push_back(label(component));
    auto axis = walk.labelled("component", labels);
    if (walk.reads())
        result.components = componentsOf(walk, labels, result.model.config);
    return axis;
}

std::vector<RowPlace> placesOf(const DlaResult& result) {
    const bool all = result.request.position.all;
    std::vector<RowPlace> places;
    for (const auto& row : result.rows)
        places.push_back({row.sample, all ? row.position.value : 0});
    return places;
}

RowWalk rowsOf(FieldWalk& walk, DlaResult& result) {
    const bool all = result.request.position.all;
    auto places = walk.reads() ? RowWalk::placesIn(walk, "target", all) : placesOf(result);
    if (walk.reads()) {
        result.rows.resize(places.size());
        for (std::size_t i = 0; i < places.size(); ++i) {
            result.rows[i].sample = static_cast<int>(places[i].sample);
            result.rows[i].position = PositionIndex(places[i].pos);
        }
    }
    return {walk, std::move(places), all};
}

void describeRows(FieldWalk& walk, RowWalk& rows, DlaResult& result) {
    auto& list = result.rows;
    const WholeRange any;
    rows.each(
        "target", [&](auto r) -> auto& { return list[r].target.value; }, any);
    const bool own = result.request.target.rule == TargetRule::Correct;
    if (own) {
        for (auto& row : list)
            row.versus = row.versus.value_or(TokenId());
        rows.each(
            "versus", [&](auto r) -> auto& { return list[r].versus->value; }, any);
    }
    rows.each(
        "logit", [&](auto r) -> auto& { return list[r].logit; });
    rows.each(
        "logit_mean", [&](auto r) -> auto& { return list[r].logitMean; });
    rows.each(
        "unembed_bias", [&](auto r) -> auto& { return list[r].unembedBias; });
    rows.each(
        "completeness_error", [&](auto r) -> auto& { return list[r].completenessError; });
    const bool ranked = std::any_of(list.begin(), list.end(),
                                    [](const AttributionRow& row) { return row.targetRank > 0; });
    if (walk.has("target_rank", ranked)) { // older files have none
        rows.each(
            "target_probability", [&](auto r) -> auto& { return list[r].targetProbability; });
        rows.each(
            "target_rank", [&](auto r) -> auto& { return list[r].targetRank; }, any);
    }
    if (!result.request.position.all && walk.has("position", true))
        rows.each(
            "position", [&](auto r) -> auto& { return list[r].position.value; }, any);
    auto* file = walk.file();
    rows.texts("target_text", [&](std::size_t r) { return file->tokenText(list[r].target); });
    if (own)
        rows.texts("versus_text", [&](std::size_t r) { return file->tokenText(*list[r].versus); });
    if (file != nullptr && result.request.versus)
        walk.note("", "versus_text", file->tokenText(*result.request.versus));
}

/// The model's own top predictions [sample, (pos,) rank].
void describePredictions(FieldWalk& walk, RowWalk& rows, DlaResult& result) {
    const auto ranks = result.rows.empty() ? 0 : result.rows.front().predictions.size();
    if (!walk.has("prediction", ranks > 0))
        return;
    const auto rank = walk.counted("rank", static_cast<std::int64_t>(ranks));
    const auto list = [&](auto row) -> auto& {
        return result.rows[row].predictions;
    };
    rows.ranked(
        "prediction", rank, list, [](auto& p) -> auto& { return p.token.value; }, WholeRange{-1});
    rows.ranked(
        "prediction_probability", rank, list, [](auto& p) -> auto& { return p.probability; });
    rows.ranked(
        "prediction_logit", rank, list, [](auto& p) -> auto& { return p.logit; });
}

void describeNmae(FieldWalk& walk, const FieldAxes& axes, DlaResult& result) {
    auto& nmae = result.nmae;
    walk.attribute("nmae_heads", {&nmae.heads, 1});
    if (walk.has("nmae_heads_ci95", nmae.ci95.has_value())) {
        auto interval = nmae.ci95.value_or(std::array<double, 2>{});
        walk.attribute("nmae_heads_ci95", interval);
        if (walk.reads() && result.rows.size() > 1) // older versions wrote one of one sample too
            nmae.ci95 = interval;
    }
    walk.numbers("nmae_per_head", axes, nmae.perHead);
    walk.note("nmae_per_head", "unit", std::string("percent"));
}

/// What a token of each row says; "#id" where the file does not tell.
template <class Token>
std::vector<std::string> rowTexts(const ResultReader& reader, std::size_t index,
                                  const DlaResult& result, const std::string& name,
                                  const Token& token) {
    const auto walk = readingWalk(reader, index, "tokens");
    if (walk->has(name, true))
        return RowWalk(*walk, placesOf(result), result.request.position.all).readTexts(name);
    std::vector<std::string> texts;
    for (const auto& row : result.rows)
        texts.push_back("#" + std::to_string(token(row).value));
    return texts;
}

} // namespace

void DlaAnalysis::fields(FieldWalk& walk, DlaResult& result) {
    const auto component = componentAxis(walk, result);
    const auto& config = result.model.config;
    const auto layer = walk.axis("layer", config.n_layers),
               head = walk.axis("head", config.n_heads);
    auto rows = rowsOf(walk, result);
    describeRows(walk, rows, result);
    const auto effects = [&](const std::string& name, const std::string& treatment, Table& values) {
        rows.table(name, {component}, values);
        walk.note(name, "ln_treatment", treatment);
        walk.note(name, "unit", std::string("logits"));
    };
    const Treatment treatment(result.model.normalization);
    effects("dla", treatment.frozen(), result.dla);
    effects("direct_effect", treatment.recomputed(), result.directEffect);
    describePredictions(walk, rows, result);
    if (result.request.neurons) {
        const auto neuron = walk.counted("neuron", config.d_mlp);
        rows.table("dla_neuron", {layer, neuron}, result.dlaNeuron);
        rows.table("direct_effect_neuron", {layer, neuron}, result.directEffectNeuron);
    }
    describeNmae(walk, {layer, head}, result);
}

std::vector<std::string> DlaAnalysis::targetTexts(const ResultReader& reader, std::size_t index,
                                                  const DlaResult& result) {
    return rowTexts(reader, index, result, "target_text",
                    [](const AttributionRow& row) { return row.target; });
}

std::vector<std::string> DlaAnalysis::versusTexts(const ResultReader& reader, std::size_t index,
                                                  const DlaResult& result) {
    if (result.request.target.rule != TargetRule::Correct)
        return {};
    return rowTexts(reader, index, result, "versus_text",
                    [](const AttributionRow& row) { return *row.versus; });
}

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
    perRow += 8 + 3 * static_cast<std::uint64_t>(request.topPredictions);
    return rows * perRow * byteSize(storedNumber(model.numeric));
}

} // namespace residuum

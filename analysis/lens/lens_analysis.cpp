#include "analysis/lens/lens_analysis.h"

#include "analysis/lens/lens.h"
#include "analysis/question/row_walk.h"
#include "core/checkpoint/treatment.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <cmath>

namespace residuum {

static_assert(Question<LensAnalysis> && Costs<LensAnalysis>);

namespace {

std::vector<RowPlace> placesOf(const LensResult& result) {
    const bool all = result.request.position.all;
    std::vector<RowPlace> places;
    for (const auto& row : result.rows)
        places.push_back({row.sample, all ? row.position.value : 0});
    return places;
}

RowWalk rowsOf(FieldWalk& walk, LensResult& result) {
    const bool all = result.request.position.all;
    auto places = walk.reads() ? RowWalk::placesIn(walk, "check", all) : placesOf(result);
    if (walk.reads()) {
        result.rows.resize(places.size());
        for (std::size_t i = 0; i < places.size(); ++i)
            result.rows[i] = {static_cast<int>(places[i].sample), PositionIndex(places[i].pos)};
    }
    return {walk, std::move(places), all};
}

std::size_t tracksOf(const LensRequest& request) {
    return std::max<std::size_t>(1, request.track.ids.size());
}

/// Of a file it is only claimed how many there are of a thing; what was asked says it too.
FieldAxis asAsked(FieldWalk& walk, const std::string& name, std::size_t length) {
    auto axis = walk.counted(name, static_cast<std::int64_t>(length));
    walk.require(axis.length == static_cast<std::int64_t>(length), name,
                 "does not hold as many as were asked for, " + std::to_string(length));
    return axis;
}

/// What both lenses have in common.
struct InBoth {
    FieldAxis track, top;
    std::string treatment;
};

/// `group`: "" or "jacobian/". expected: the points' labels.
void describe(FieldWalk& walk, RowWalk& rows, const InBoth& common, const std::string& group,
              const std::vector<std::string>& expected, LensReadings& lens) {
    const auto& [track, top, treatment] = common;
    lens.points = expected;
    const auto point = asAsked(walk, group + "point", expected.size());
    walk.texts(group + "label", point, lens.points);
    walk.require(lens.points == expected, group + "label", "does not hold the model's points");
    if (walk.reads())
        lens.check.resize(rows.rowCount());
    const WholeRange any;
    rows.each(
        group + "check", [&](auto r) -> auto& { return lens.check[r]; });
    rows.table(group + "log_prob", {point, track}, lens.logProb);
    rows.table(group + "rank", {point, track}, lens.rank, any);
    rows.table(group + "logit", {point, track}, lens.logit);
    rows.table(group + "entropy", {point}, lens.entropy);
    rows.table(group + "top_token", {point, top}, lens.topToken, any);
    rows.table(group + "top_log_prob", {point, top}, lens.topLogProb);
    for (const std::string name : {"log_prob", "logit", "entropy", "top_log_prob"}) {
        walk.note(group + name, "ln_treatment", treatment);
        walk.note(group + name, "unit", std::string(name == "logit" ? "logits" : "nats"));
    }
}

void describeTexts(FieldWalk& walk, LensResult& result) {
    const auto named = walk.numbered("named_token", result.named, WholeRange{});
    walk.texts("named_text", named, result.texts);
    const auto known = [&](double id) {
        return std::binary_search(result.named.begin(), result.named.end(),
                                  TokenId(static_cast<std::int64_t>(id)));
    };
    bool complete = true;
    for (const auto* table : {&result.tracked, &result.topToken, &result.jacobian.topToken})
        for (Eigen::Index i = 0; walk.reads() && complete && i < table->size(); ++i)
            complete = known(table->data()[i]);
    walk.require(complete && std::is_sorted(result.named.begin(), result.named.end()),
                 "named_token", "does not hold the tokens that the file names, in order");
}

void describeComponents(FieldWalk& walk, RowWalk& rows, const FieldAxis& track,
                        LensResult& result) {
    if (!walk.has("contribution", result.contribution.size() > 0))
        return;
    const auto& config = result.model.config;
    std::vector<std::string> labels, expected;
    for (const auto& component : allComponents(config.n_layers, config.n_heads))
        expected.push_back(label(component));
    labels = expected;
    const auto component = walk.labelled("component", labels);
    walk.require(labels == expected, "component", "does not hold the model's components in order");
    rows.table("contribution", {component, track}, result.contribution);
    walk.note("contribution", "unit", std::string("logits"));
}

double numbersPerRow(const ModelInfo& model, const LensRequest& request) {
    const auto points = (request.jacobian ? 3.0 : 2.0) * model.config.n_layers + 1.0;
    const auto tracks = static_cast<double>(tracksOf(request));
    double numbers = points * (3.0 * tracks + 1.0 + 2.0 * request.top) + tracks + 1.0;
    if (request.components && isAffine(model, request))
        numbers += tracks * (2.0 + model.config.n_layers * (model.config.n_heads + 3.0));
    return numbers;
}

/// Going back through a block costs what going through it does: two operations per weight.
std::string jacobianCost(const ModelConfig& config, const TokenInput& input) {
    const double d = config.d_model, block = 2.0 * d * (4.0 * d + 2.0 * config.d_mlp);
    const double minutes =
        static_cast<double>(tokenCount(input)) * d * config.n_layers * block / (60.0 * 1e11);
    return "Jacobian lens: " + std::to_string(config.d_model) + " backward passes for each of " +
           counted(input.sequences.size(), "sequence") +
           withNumbers(", about %.2g minutes at 100 billion operations a second; without the first "
                       "16 positions (of at most 17 tokens the first quarter) and the last",
                       minutes);
}

double rowCount(const PromptInput& input, const LensRequest& request) {
    return static_cast<double>(request.position.all
                                   ? tokenCount(input.tokens)
                                   : static_cast<std::int64_t>(input.tokens.sequences.size()));
}

} // namespace

LensAnalysis::OfSession LensAnalysis::ofSession(const Session& session,
                                                const SessionModels& models) {
    if (!session.asks(panel))
        return std::nullopt;
    const auto settings = session.settings<LensSettings>(panel);
    auto input = promptInput(session.prompt, models.tokenizer);
    if (const auto set = settings.jacobian ? askedSet(session, models) : std::nullopt)
        input = cleanPrompts(*set);
    return {{std::move(input), settings.request(session.target, session.versus)}};
}

Cost LensAnalysis::cost(const Model& model, const PromptInput& input, const LensRequest& request,
                        std::int64_t) {
    const auto tokens = request.position.all ? longestSequence(input.tokens) : 1;
    return {request.jacobian ? jacobianCost(model.info().config, input.tokens) : "",
            2 * tokens * bytesPerToken(model.info(), request), "one sequence"};
}

std::string LensAnalysis::summary(const LensResult& result) {
    const double worst = *std::max_element(result.check.begin(), result.check.end());
    const Treatment treatment(result.model.normalization);
    const auto last = static_cast<Eigen::Index>(result.rows.size()) - 1;
    const auto points = static_cast<Eigen::Index>(result.points.size()), tracks = result.tracks();
    const bool own = result.request.track.ids.empty();
    std::string text = result.model.name + " (" + result.model.normalization.label() + "), " +
                       (result.request.frozen ? treatment.frozen() : treatment.recomputed());
    for (Eigen::Index k = 0; k < tracks; ++k) {
        Eigen::Index first = points;
        while (first > 0 && result.rank((first - 1) * tracks + k, last) == 0.0)
            --first;
        const auto id = result.tracked(k, last);
        text +=
            "; \"" + oneLine(result.textOf(id)) + "\"" +
            (own ? ", the model's own top prediction at the end," : "") + " at position " +
            std::to_string(result.rows.back().position.value) + ": " +
            withNumbers("log-probability %.4g", result.logProb((points - 1) * tracks + k, last)) +
            (first == points
                 ? withNumbers(", rank %.0f (1: the top)",
                               1.0 + result.rank((points - 1) * tracks + k, last))
                 : ", the top from " + result.points[static_cast<std::size_t>(first)] + " on");
    }
    return text +
           withNumbers("; last point off the model's own logits by %.1e at most over ", worst) +
           counted(result.rows.size(), "row") + "\n";
}

std::vector<std::string> LensAnalysis::warnings(const LensResult& result, const PromptInput&) {
    if (!result.request.components || result.contribution.size() > 0)
        return {};
    return {result.model.name + ": " + whyNoComponents(result)};
}

std::shared_ptr<const LensResult> LensAnalysis::compute(const Model& model,
                                                        const PromptInput& input,
                                                        const LensRequest& request,
                                                        Job<LensResult>& job) {
    return readLens(model, input.tokens, request, job);
}

std::uint64_t LensAnalysis::bytes(const ModelInfo& model, const PromptInput& input,
                                  const LensRequest& request) {
    return static_cast<std::uint64_t>(rowCount(input, request) * numbersPerRow(model, request)) *
           byteSize(storedNumber(model.numeric));
}

void LensAnalysis::fields(FieldWalk& walk, LensResult& result) {
    const auto& config = result.model.config;
    const auto track = asAsked(walk, "track", tracksOf(result.request)),
               top = asAsked(walk, "top", static_cast<std::size_t>(result.request.top));
    auto rows = rowsOf(walk, result);
    const WholeRange any;
    if (!result.request.position.all)
        rows.each(
            "position", [&](auto r) -> auto& { return result.rows[r].position.value; }, any);
    rows.table("track_token", {track}, result.tracked, any);
    walk.note("track_token", "of",
              std::string(result.request.track.ids.empty()
                              ? "the model's own top prediction at the last point"
                              : "as named"));
    const Treatment treatment(result.model.normalization);
    const InBoth lens{track, top,
                      result.request.frozen ? treatment.frozen() : treatment.recomputed()};
    describe(walk, rows, lens, "", lensPoints(config.n_layers), result);
    if (result.request.jacobian)
        describe(walk, rows, lens, "jacobian/", jacobianPoints(config.n_layers), result.jacobian);
    describeTexts(walk, result);
    describeComponents(walk, rows, track, result);
}

} // namespace residuum

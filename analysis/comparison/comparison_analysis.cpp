#include "analysis/comparison/comparison_analysis.h"

#include "analysis/comparison/token_lists.h"
#include "analysis/comparison/token_means.h"
#include "analysis/question/row_groups.h"
#include "core/task/error.h"
#include "core/task/wording.h"

namespace residuum {

static_assert(Costs<ComparisonAnalysis>);

namespace {

std::string meanText(const TokenMean& mean) {
    auto text = withNumbers("%.4g", mean.mean);
    if (mean.interval)
        text += withNumbers(" [%.4g, %.4g]", (*mean.interval)[0], (*mean.interval)[1]);
    return text;
}

/// Where two models are furthest apart, for the terminal.
std::string apartText(const ComparisonResult& result, const Divergence& apart) {
    constexpr std::size_t listed = 3;
    constexpr int tokensBefore = 7;
    std::string text;
    for (const auto& place : largestScored(apart.jsd, result.lengths, listed))
        text += withNumbers("    JSD %.3g nats after \"", apart.jsd[place.token]) +
                oneLine(contextText(result, place, tokensBefore)) + "\" (sequence " +
                std::to_string(place.sample) + ", position " + std::to_string(place.position) +
                "), next is \"" + oneLine(result.textOf(place.token + 1)) + "\"\n";
    return text;
}

/// What precedes losses that are beyond reason.
std::string highLossText(const ComparisonResult& result) {
    constexpr std::size_t listed = 10;
    const auto before = beforeHighLosses(result);
    std::string text;
    for (std::size_t i = 0; i < std::min(listed, before.size()); ++i)
        text += (text.empty() ? "  losses above 50 nats come after \"" : ", \"") +
                oneLine(result.texts.at(before[i].token)) +
                withNumbers("\" (%.0f of %.0f times)", before[i].high, before[i].scored);
    if (before.size() > listed)
        text += " and " + counted(before.size() - listed, "other token");
    return text.empty() ? text : text + "\n";
}

} // namespace

Cost ComparisonAnalysis::cost(const Model& model, const PromptInput& input,
                              const ComparisonRequest& request, std::int64_t) {
    return {"",
            leastComparisonBytes(
                model.info().config, request, longestSequence(input.tokens),
                static_cast<std::int64_t>(byteSize(storedNumber(model.info().numeric)))),
            "one sequence"};
}

std::string ComparisonAnalysis::summary(const ComparisonResult& result) {
    std::size_t scored = 0;
    forEachScored(result.lengths, [&](std::size_t, int) { ++scored; });
    auto text = result.model.name + " (" + result.model.normalization.label() + "), " +
                counted(scored, "scored token") + ": mean loss " + meanText(result.meanLoss) +
                " nats, entropy " + meanText(result.meanEntropy) +
                withNumbers(" nats, ECE %.3g, %.3g %% of losses above %g nats\n", result.ece,
                            100.0 * result.lossAbove50, highLoss);
    text += highLossText(result);
    for (const auto& distance : result.distances)
        if (distance.isFirst)
            text += "  against " + distance.name + ": JSD " + meanText(distance.numbers->meanJsd) +
                    ", KL " + meanText(distance.meanKl()) + " nats\n" +
                    apartText(result, *distance.numbers);
    return text;
}

ComparisonAnalysis::OfSession ComparisonAnalysis::ofSession(const Session& session,
                                                            const SessionModels& models) {
    if (!session.asks(panel))
        return std::nullopt;
    const auto asked = session.settings<ComparisonSettings>(panel);
    auto input = promptInput(session.prompt, models.tokenizer);
    if (const auto set = asked.dataset ? std::nullopt : askedSet(session, models)) {
        input = cleanPrompts(*set);
    } else if (!asked.dataset && session.prompt.tokens.size() < 2) {
        return std::nullopt;
    } else if (asked.dataset) {
        InputRequest ofDataset;
        ofDataset.dataset = asked.dataset;
        input = resolveInput(ofDataset, models.tokenizer, models.narrowest, models.progress);
    }
    return SessionQuestion<PromptInput, ComparisonRequest>{std::move(input), asked.request()};
}

std::shared_ptr<const ComparisonResult>
ComparisonAnalysis::compute(const Model& model, const PromptInput& input,
                            const ComparisonRequest& request, Job<ComparisonResult>& job) {
    return compareModels({{model.shared_from_this()}, {true}, {}}, input.tokens, request,
                         job.progress, job.memory)
        .own.front();
}

std::uint64_t ComparisonAnalysis::bytes(const ModelInfo& model, const PromptInput& input,
                                        const ComparisonRequest& request) {
    constexpr std::uint64_t perToken = 2 + 3; // and the distances from one model
    const auto& config = model.config;
    const auto layers = static_cast<std::uint64_t>(config.n_layers) + 1;
    auto numbers = perToken * static_cast<std::uint64_t>(tokenCount(input.tokens)) +
                   layers * static_cast<std::uint64_t>(longestSequence(input.tokens));
    if (request.layers)
        numbers += 2 * 2 * streamScoreNames.size() * layers + 4 * listedMassive;
    if (request.attention)
        numbers += headScoreNames.size() * layers * static_cast<std::uint64_t>(config.n_heads);
    return numbers * byteSize(storedNumber(model.numeric));
}

} // namespace residuum

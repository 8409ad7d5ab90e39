#include "analysis/comparison/comparison_analysis.h"

#include "analysis/comparison/token_means.h"
#include "analysis/question/row_groups.h"
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
    for (const auto& distance : result.distances)
        if (distance.isFirst)
            text += "  against " + distance.name + ": JSD " + meanText(distance.numbers->meanJsd) +
                    ", KL " + meanText(distance.meanKl()) + " nats\n";
    return text;
}

ComparisonAnalysis::OfSession ComparisonAnalysis::ofSession(const Session& session,
                                                            const SessionModels& models) {
    if (!session.asks(panel) || session.prompt.tokens.size() < 2)
        return std::nullopt;
    return SessionQuestion<PromptInput, ComparisonRequest>{
        promptInput(session.prompt, models.tokenizer), session.settings<ComparisonSettings>(panel)};
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

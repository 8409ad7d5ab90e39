#include "analysis/attribution/dla_analysis.h"

#include "analysis/attribution/dla.h"
#include "analysis/attribution/dla_input.h"
#include "analysis/attribution/misjudgement.h"
#include "core/checkpoint/treatment.h"
#include "core/task/wording.h"

#include <algorithm>
#include <cmath>

namespace residuum {

static_assert(Question<DlaAnalysis>);

namespace {

/// ", MLPs: 167 %; 24 of 540 heads and MLPs change sign".
std::string misjudged(const DlaResult& result) {
    const auto found = misjudgement(result);
    return withNumbers(", MLPs: %.4g %%; ", found.mlps) + std::to_string(found.signChanges) +
           " of " + std::to_string(found.compared) + " heads and MLPs change sign";
}

} // namespace

PromptInput DlaAnalysis::resolve(const InputRequest& input, const DlaRequest& request,
                                 const Tokenizer* tokenizer, const ModelConfig& config,
                                 Progress& progress) {
    return fitted(resolveInput(input, tokenizer, config, progress), request);
}

DlaAnalysis::OfSession DlaAnalysis::ofSession(const Session& session, const SessionModels& models) {
    if (const auto set = askedSet(session, models))
        return {{cleanPrompts(*set), DlaRequest::ofSet(seedOf(set->request))}};
    return {{promptInput(session.prompt, models.tokenizer),
             DlaRequest::ofPrompt(session.target, session.versus)}};
}

FigureOptions DlaAnalysis::figureOptions(const DlaSettings& shown) {
    FigureOptions options;
    if (shown.top != usualTop)
        options.emplace_back("top", std::to_string(shown.top));
    if (shown.mlpsAlong)
        options.emplace_back("error-of", "mlps");
    return options;
}

std::string DlaAnalysis::summary(const DlaResult& result) {
    double worst = 0.0;
    for (const auto& row : result.rows)
        worst = std::max(worst, std::abs(row.completenessError));
    std::string interval;
    if (result.nmae.ci95)
        interval = withNumbers(" [%.4g, %.4g]", (*result.nmae.ci95)[0], (*result.nmae.ci95)[1]);
    const Treatment treatment(result.model.normalization);
    return result.model.name + " (" + result.model.normalization.label() + "): NMAE of DLA (" +
           treatment.frozen() + ") against direct effect (" + treatment.recomputed() +
           "), heads: " + withNumbers("%.4g %%", result.nmae.heads) + interval + misjudged(result) +
           withNumbers("; largest completeness error %.1e logits over ", worst) +
           std::to_string(result.rows.size()) + " rows\n";
}

std::shared_ptr<const DlaResult> DlaAnalysis::compute(const Model& model, const PromptInput& input,
                                                      const DlaRequest& request,
                                                      Job<DlaResult>& job) {
    return attributeLogits(model, input.tokens, request, job);
}

} // namespace residuum

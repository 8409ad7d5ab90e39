#include "analysis/patching/patch_analysis.h"

#include "analysis/patching/agreement.h"
#include "analysis/patching/faithfulness.h"
#include "core/task/wording.h"

#include <algorithm>
#include <limits>

namespace residuum {

static_assert(CanGoOn<PatchAnalysis>);

namespace {

/// Worth keeping: some exact cells are there. Estimates alone are quicker made than read.
bool hasExactCells(const PatchResult& result) {
    return std::any_of(result.grids.begin(), result.grids.end(), [](const PatchGrid& grid) {
        return grid.method == PatchMethod::Exact && !grid.values.isNaN().all();
    });
}

/// A file holds every grid of its request; what is missing yet is NaN.
PatchResult withEveryGrid(PatchResult result) {
    const auto shapes = result.grids;
    std::vector<PatchGrid> grids;
    for (const auto method : {PatchMethod::Attribution, PatchMethod::AtpStar,
                              PatchMethod::IntegratedGradients, PatchMethod::Exact})
        if (result.request.asks(method))
            for (const auto site : result.request.sites) {
                if (const auto* there = result.find(method, site)) {
                    grids.push_back(*there);
                    continue;
                }
                auto grid = *std::find_if(shapes.begin(), shapes.end(),
                                          [&](const auto& each) { return each.site == site; });
                grid.method = method;
                grid.values.setConstant(std::numeric_limits<double>::quiet_NaN());
                grids.push_back(std::move(grid));
            }
    result.grids = std::move(grids);
    return result;
}

double meanOf(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

/// A line on the edges patched exactly, and one per size of circuit.
std::string edgesSummary(const EdgeGrid& edges, const PatchResult& result) {
    std::string text;
    const auto unit = unitOf(result.request.metric);
    if (const auto agreement = edgeAgreement(checkedEdges(edges)))
        text += "  " + counted(edges.checked.size(), "edge") + " by |" + name(edges.method) +
                withNumbers("| against exact: Pearson %.3f, Spearman %.3f, mean |error| %.3g ",
                            agreement->pearson, agreement->spearman, agreement->meanError) +
                unit + "\n";
    const auto curve = faithfulnessCurve(edges, result);
    for (std::size_t i = 0; i < curve.kept.size(); ++i) {
        text += "  " + name(edges.method) + ", " +
                counted(static_cast<std::size_t>(result.circuits.sizes[i]), "edge") +
                withNumbers(" kept: faithfulness %.3f", curve.kept[i]);
        if (i < curve.random.size())
            text += withNumbers(", as many random ones %.3f (%.3f to %.3f)", curve.random[i],
                                curve.randomLow[i], curve.randomHigh[i]);
        text += "\n";
    }
    return text;
}

/// "lines 3, 7" of the file, or "pairs 1, 2".
std::string namesOf(const std::vector<std::size_t>& prompts, const InputAccount& account) {
    constexpr std::size_t most = 10;
    const bool lines = !account.sourceLines.empty();
    std::string names = std::string(lines ? "line" : "pair") + (prompts.size() == 1 ? "" : "s");
    for (std::size_t i = 0; i < std::min(most, prompts.size()); ++i)
        names += (i == 0 ? " " : ", ") +
                 std::to_string(lines ? account.sourceLines.at(prompts[i])
                                      : static_cast<std::int64_t>(prompts[i]) + 1);
    return names + (prompts.size() > most ? ", …" : "");
}

} // namespace

PairInput PatchAnalysis::resolve(const PairRequest& input, const PatchRequest& request,
                                 const Tokenizer* tokenizer, const ModelConfig& config,
                                 Progress& progress) {
    return resolvePairs(input, tokenizer, config, progress, needsTwoAnswers(request.metric));
}

PatchAnalysis::OfSession PatchAnalysis::ofSession(const Session& session,
                                                  const SessionModels& models) {
    const auto asked = session.settings<PatchSettings>(panel);
    if (const auto set = session.asks(panel) ? askedSet(session, models) : std::nullopt) {
        auto request = patchingRequest(asked, set->tokens.size());
        request.seed = seedOf(set->request);
        return {{*set, request}};
    }
    const auto &clean = session.prompt.tokens, &corrupt = asked.corrupt.tokens;
    const bool isPair = session.asks(panel) && session.target && session.versus &&
                        (session.target != session.versus || !needsTwoAnswers(asked.metric)) &&
                        corrupt.size() == clean.size() && corrupt != clean;
    if (!isPair)
        return std::nullopt;
    return {{pairInput(session.prompt, asked.corrupt, *session.target, *session.versus,
                       models.tokenizer),
             patchingRequest(asked)}};
}

FigureOptions PatchAnalysis::figureOptions(const PatchSettings& shown) {
    return shown.normalised ? FigureOptions{{"normalised", ""}} : FigureOptions{};
}

Cost PatchAnalysis::cost(const Model& model, const PairInput& input, const PatchRequest& request,
                         std::int64_t memory) {
    const auto cost = patchCost(model, input.tokens, request, {memory});
    return {describe(cost), cost.peakBytes, "one pair"};
}

std::string PatchAnalysis::summary(const PatchResult& result) {
    const auto unit = unitOf(result.request.metric);
    auto text = result.model.name + " (" + result.model.normalization.label() +
                "): " + name(result.request.metric) +
                withNumbers(" clean %.4g, corrupted %.4g ", meanOf(result.cleanMetric),
                            meanOf(result.corruptMetric)) +
                unit + " (mean of " + counted(result.cleanMetric.size(), "pair") + "), " +
                name(result.request.direction) + "\n";
    for (const auto& row : agreementTable(result)) {
        auto site = name(row.site);
        site.resize(std::max<std::size_t>(site.size(), 10), ' ');
        text +=
            "  " + site + " " + name(row.method) +
            withNumbers(" against exact: Pearson %.3f, Spearman %.3f, mean |error| %.3g ",
                        row.agreement.pearson, row.agreement.spearman, row.agreement.meanError) +
            unit +
            (result.request.cells.top == 0 ? "" : " over " + counted(row.agreement.cells, "cell")) +
            "\n";
    }
    for (const auto& edges : result.edges)
        text += edgesSummary(edges, result);
    return text;
}

std::vector<std::string> PatchAnalysis::warnings(const PatchResult& result,
                                                 const PairInput& input) {
    std::vector<std::string> warnings;
    const auto& model = result.model.name;
    if (const auto flat = promptsWithoutGap(result); !flat.empty())
        warnings.push_back(model + ": in " + std::to_string(flat.size()) + " of " +
                           counted(result.cleanMetric.size(), "pair") +
                           " the metric of the clean and the corrupted prompt differ by no "
                           "more than rounding, or by 1e-4 of the median pair's, so values "
                           "divided by their own gap are undefined; means over pairs are ratios "
                           "of means and keep them: " +
                           namesOf(flat, input.account));
    const auto neurons = static_cast<int>(result.neurons.size());
    if (neurons > 0 && neurons < result.request.neurons)
        warnings.push_back(model + ": --top-neurons " + std::to_string(result.request.neurons) +
                           " is more than the model has; all " + std::to_string(neurons) +
                           " were patched");
    return warnings;
}

void PatchAnalysis::takeOfInput(PatchResult& result, const PairInput& input) {
    result.roles = input.tokens.roles;
}

bool PatchAnalysis::canGoOn(const PatchRequest& request) {
    return request.asks(PatchMethod::Exact) && !request.asks(PatchMethod::Eap) &&
           !request.asks(PatchMethod::EapIg) && !request.asks(PatchMethod::Path);
}

std::shared_ptr<const PatchResult> PatchAnalysis::compute(const Model& model,
                                                          const PairInput& input,
                                                          const PatchRequest& request,
                                                          Job<PatchResult>& job) {
    PatchResult unfinished;
    try {
        return patchPairs(model, input.tokens, request, job.progress, {job.memory}, job.publish,
                          job.begun.get(), &unfinished, job.pauses);
    } catch (const Cancelled&) {
        if (canGoOn(request) && hasExactCells(unfinished))
            job.brokenOff =
                std::make_shared<const PatchResult>(withEveryGrid(std::move(unfinished)));
        throw;
    }
}

} // namespace residuum

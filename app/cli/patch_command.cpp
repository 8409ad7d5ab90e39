#include "app/cli/commands.h"

#include "analysis/patching/agreement.h"
#include "analysis/patching/patch_answer.h"
#include "analysis/prompts/answer_token.h"
#include "analysis/prompts/pair_tasks.h"
#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "app/cli/pair_options.h"
#include "app/cli/result_size.h"
#include "core/store/atomic_file.h"
#include "core/store/result_cache.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace residuum {

namespace {

struct Options {
    std::vector<std::string> models;
    PairOptions pairs;
    std::string metric = "logit_diff";
    std::string direction = "clean-into-corrupt";
    std::vector<std::string> sites{"resid_pre"};
    std::vector<std::string> methods{"attribution", "exact"};
    std::string sender;
    std::vector<std::string> receivers;
    int neurons = usualNeurons;
    int steps = usualSteps;
    std::string memory = "1G";
    std::string output;
    CommonOptions common;
};

/// "z" stands for z by position and at all positions (CONTRACT).
std::vector<PatchSite> sitesOf(const std::vector<std::string>& names) {
    std::vector<PatchSite> sites;
    const auto add = [&](PatchSite site) {
        if (std::find(sites.begin(), sites.end(), site) == sites.end())
            sites.push_back(site);
    };
    for (const auto& text : names) {
        const auto site = parsePatchSite(text, "--sites");
        add(site);
        if (const auto all = allPositionsOf(site))
            add(*all);
    }
    return sites;
}

PatchRequest requestOf(const Options& options) {
    PatchRequest request;
    request.sites = sitesOf(options.sites);
    request.methods.clear();
    for (const auto& text : options.methods)
        request.methods.push_back(parsePatchMethod(text, "--method"));
    request.metric = parsePatchMetric(options.metric, "--metric");
    request.direction = parsePatchDirection(options.direction, "--direction");
    request.neurons = options.neurons;
    request.steps = options.steps;
    if (request.asks(PatchMethod::Path))
        request.path = {options.sender, options.receivers};
    else if (!options.sender.empty() || !options.receivers.empty())
        throw UsageError("--sender", "goes with --method path only");
    return request;
}

double meanOf(const std::vector<double>& values) {
    double sum = 0.0;
    for (const double value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

void printSummary(const PatchResult& result) {
    const auto unit = unitOf(result.request.metric);
    std::printf(
        "%s (%s): %s clean %.4g, corrupted %.4g %s (mean of %s), %s\n", result.model.name.c_str(),
        result.model.normalization.label().c_str(), name(result.request.metric).c_str(),
        meanOf(result.cleanMetric), meanOf(result.corruptMetric), unit.c_str(),
        counted(result.cleanMetric.size(), "pair").c_str(), name(result.request.direction).c_str());
    for (const auto& row : agreementTable(result))
        std::printf("  %-10s %s against exact: Pearson %.3f, Spearman %.3f, mean |error| %.3g %s\n",
                    name(row.site).c_str(), name(row.method).c_str(), row.agreement.pearson,
                    row.agreement.spearman, row.agreement.meanError, unit.c_str());
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

void warnOf(const PatchResult& result, const InputAccount& account,
            std::vector<std::string>& warnings) {
    const auto& name = result.model.name;
    if (const auto flat = promptsWithoutGap(result); !flat.empty())
        warnings.push_back(name + ": in " + std::to_string(flat.size()) + " of " +
                           counted(result.cleanMetric.size(), "pair") +
                           " the metric of the clean and the corrupted prompt differ by no "
                           "more than rounding, so normalised values are undefined there and left "
                           "out of their means: " +
                           namesOf(flat, account));
    const auto neurons = static_cast<int>(result.neurons.size());
    if (neurons > 0 && neurons < result.request.neurons)
        warnings.push_back(name + ": --top-neurons " + std::to_string(result.request.neurons) +
                           " is more than the model has; all " + std::to_string(neurons) +
                           " were patched");
}

int run(const Options& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    const auto request = requestOf(options);
    const auto pairRequest = options.pairs.request();
    const PatchLimits limits{static_cast<std::int64_t>(parseByteSize(options.memory, "--memory"))};
    const auto cache = openCache(options.common);
    const auto opened = openModels(options.models, options.common, progress);
    const auto input = resolvePairs(pairRequest, opened.tokenizer(), opened.narrowestConfig(),
                                    progress, needsTwoAnswers(request.metric));
    { const AtomicFile refusedBeforeComputing(options.output); }
    std::uint64_t bytes = 0;
    for (const auto& info : opened.infos())
        bytes += PatchAnalysis::bytes(info, input, request);
    checkSize(bytes, options.output, "fewer pairs or --sites", options.common.quiet);
    checkMemory(heldBytes(bytes, opened.infos().front()), "the result", "fewer pairs or --sites",
                options.common.quiet);

    std::vector<std::shared_ptr<const PatchResult>> results;
    auto warnings = joined(opened.warnings(), warningsOf(input));
    for (const auto& model : opened.models) {
        const auto cost = patchCost(*model, input.tokens, request, limits);
        if (!options.common.quiet)
            std::printf("%s: %s\n", model->info().name.c_str(), describe(cost).c_str());
        if (cost.peakBytes > limits.bytes)
            warnings.push_back(model->info().name + ": --memory " + options.memory +
                               " is less than one pair takes; up to " + megabytes(cost.peakBytes) +
                               " were used");
        const auto answered = answerPatch(cache.get(), CacheUse::ReadAndWrite, *model, input,
                                          request, progress, limits);
        results.push_back(answered.result);
        if (!answered.warning.empty())
            warnings.push_back(answered.warning);
        warnOf(*answered.result, input.account, warnings);
    }
    saveResults<PatchAnalysis>(options.output, results, input, request, opened.tokenizer());
    clearProgressLine(options.common.quiet);
    if (!options.common.quiet)
        for (const auto& result : results)
            printSummary(*result);
    printWarnings(warnings, options.common.quiet);
    return exitSuccess;
}

} // namespace

void addPatchCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "patch", "activation patching: exact, by attribution, along edges and paths");
    command->add_option("MODEL", options->models, "folders, Hub ids or demo:NAME")->required();
    addPairOptions(*command, options->pairs);
    command->add_option("--metric", options->metric, "logit_diff, prob, logprob or kl");
    command->add_option("--direction", options->direction,
                        "clean-into-corrupt or corrupt-into-clean");
    command
        ->add_option("--sites", options->sites,
                     "resid_pre, resid_mid, attn_out, mlp_out, z, q, k, v (each with its "
                     "_all_pos, also alone), pattern, mlp_post")
        ->delimiter(',');
    command
        ->add_option("--method", options->methods,
                     "attribution, exact, atp-star, ig, eap, eap-ig, path")
        ->delimiter(',');
    command->add_option("--top-neurons", options->neurons,
                        "how many neurons mlp_post patches, by attribution");
    command->add_option("--steps", options->steps, "of ig and eap-ig");
    command->add_option("--sender", options->sender, "of path, e.g. L0H1, L0.mlp or embed");
    command
        ->add_option("--receivers", options->receivers,
                     "of path, e.g. L2H3.q,L2H3 (its three inputs),L3.mlp,logits")
        ->delimiter(',');
    command->add_option("--memory", options->memory,
                        "working memory beyond the weights, e.g. 512M (default 1G)");
    command->add_option("-o,--output", options->output, "the result file (HDF5)")->required();
    addCommonOptions(*command, options->common);
    command->callback([&action, options] { action = [options] { return run(*options); }; });
}

} // namespace residuum

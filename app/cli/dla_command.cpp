#include "app/cli/commands.h"

#include "analysis/attribution/dla_analysis.h"
#include "analysis/attribution/dla_input.h"
#include "analysis/prompts/answer_token.h"
#include "analysis/prompts/spacing_hint.h"
#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "app/cli/result_size.h"
#include "core/store/atomic_file.h"
#include "core/task/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace residuum {

namespace {

struct Options {
    std::vector<std::string> models;
    std::optional<std::string> target;
    std::optional<std::string> versus;
    std::string position = "-1";
    bool neurons = false;
    bool uncentred = false;
    int bootstrap = 1000;
    std::string output;
    InputOptions input;
    CommonOptions common;
};

void parseTarget(const Options& options, const OpenedModels& opened, DlaRequest& request) {
    const int d_vocab = opened.narrowestConfig().d_vocab;
    if (!options.target)
        request.target = TargetRule::NextOrArgmax;
    else if (*options.target == "next")
        request.target = TargetRule::Next;
    else if (*options.target == "last")
        request.target = TargetRule::Last;
    else if (*options.target == "argmax")
        request.target = TargetRule::Argmax;
    else {
        request.target = TargetRule::Token;
        request.token = parseToken(*options.target, "--target", opened.tokenizer(), d_vocab);
    }
    if (options.versus)
        request.versus = parseToken(*options.versus, "--versus", opened.tokenizer(), d_vocab);
}

void parsePosition(const std::string& text, DlaRequest& request) {
    request.allPositions = text == "all";
    if (request.allPositions)
        return;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, request.position);
    if (parsed.ec != std::errc() || parsed.ptr != end)
        throw UsageError("--position " + text,
                         "a whole number (negative: from the end) or all is expected");
}

void printSummary(const DlaResult& result) {
    double worst = 0.0;
    for (const auto& row : result.rows)
        worst = std::max(worst, std::abs(row.completenessError));
    std::printf("%s (%s): NMAE of DLA (LN frozen) against direct effect (LN recomputed), heads: "
                "%.4g %%",
                result.model.name.c_str(), result.model.normalization.label().c_str(),
                result.nmae.heads);
    if (result.nmae.ci95)
        std::printf(" [%.4g, %.4g]", (*result.nmae.ci95)[0], (*result.nmae.ci95)[1]);
    std::printf("; largest completeness error %.1e logits over %zu rows\n", worst,
                result.rows.size());
}

void hintAtSpaces(const Options& options, const Tokenizer* tokenizer,
                  std::vector<std::string>& warnings) {
    const bool named = options.target && *options.target != "next" && *options.target != "last" &&
                       *options.target != "argmax";
    if (tokenizer == nullptr)
        return;
    for (const auto& prompt : options.input.prompts)
        for (const auto& answer : {named ? options.target : std::nullopt, options.versus})
            if (const auto hint =
                    answer ? spacingHint(prompt, *answer, *tokenizer) : std::nullopt) {
                warnings.push_back("--prompt: " + *hint);
                return;
            }
}

int run(const Options& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    DlaRequest request;
    parsePosition(options.position, request);
    request.neurons = options.neurons;
    request.centerUnembed = !options.uncentred;
    request.bootstrapResamples = options.bootstrap;
    request.seed = options.input.seed.value_or(0);
    request.topPredictions = usualPredictions;
    const auto inputRequest = options.input.request();
    const auto cache = openCache(options.common);
    const auto opened = openModels(options.models, options.common, progress);
    parseTarget(options, opened, request);
    const auto input =
        fitted(resolveInput(inputRequest, opened.tokenizer(), opened.narrowestConfig(), progress),
               request);
    { const AtomicFile refusedBeforeComputing(options.output); }
    std::uint64_t bytes = 0;
    for (const auto& info : opened.infos())
        bytes += DlaAnalysis::bytes(info, input, request);
    checkSize(bytes, options.output, "fewer --sequences", options.common.quiet);
    checkMemory(heldBytes(bytes, opened.infos().front()), "the result", "fewer --sequences",
                options.common.quiet);

    std::vector<std::shared_ptr<const DlaResult>> results;
    auto warnings = joined(opened.warnings(), warningsOf(input));
    hintAtSpaces(options, opened.tokenizer(), warnings);
    for (const auto& model : opened.models) {
        const auto answered = answer<DlaAnalysis>(cache.get(), CacheUse::ReadAndWrite, *model,
                                                  input, request, progress);
        results.push_back(answered.result);
        if (!answered.warning.empty())
            warnings.push_back(answered.warning);
    }
    saveResults<DlaAnalysis>(options.output, results, input, request, opened.tokenizer());
    clearProgressLine(options.common.quiet);
    if (!options.common.quiet)
        for (const auto& result : results)
            printSummary(*result);
    printWarnings(warnings, options.common.quiet);
    return exitSuccess;
}

} // namespace

void addDlaCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "dla", "direct logit attribution (LN frozen) and direct effect (LN recomputed)");
    command->add_option("MODEL", options->models, "folders, Hub ids or demo:NAME")->required();
    command->add_option("--target", options->target,
                        "next, last, argmax, a text that is one token, or #id");
    command->add_option("--versus", options->versus,
                        "attribute the logit difference to this token");
    command->add_option("--position", options->position,
                        "a position, from the end when negative, or all");
    command->add_flag("--neurons", options->neurons, "split the MLPs per neuron too");
    command->add_flag("--no-center-unembed", options->uncentred,
                      "attribute the logit itself instead of the logit minus the mean logit");
    command->add_option("--bootstrap", options->bootstrap, "resamples for NMAE's 95 % interval");
    command->add_option("-o,--output", options->output, "the result file (HDF5)")->required();
    addInputOptions(*command, options->input, "of the bootstrap and of the dataset's shuffle");
    addCommonOptions(*command, options->common);
    command->callback([&action, options] { action = [options] { return run(*options); }; });
}

} // namespace residuum

#include "app/cli/commands.h"

#include "analysis/neurons/neuron_analysis.h"
#include "analysis/neurons/neuron_input.h"
#include "analysis/neurons/neurons.h"
#include "app/cli/console.h"
#include "app/cli/followed_neurons.h"
#include "app/cli/opened_models.h"
#include "app/cli/result_size.h"
#include "core/store/atomic_file.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <cstdio>

namespace residuum {

namespace {

struct Options {
    std::vector<std::string> models;
    std::string neurons = "top:50";
    std::string also;
    std::string by = "score";
    std::string ablation = "mean";
    std::string chosenOn;
    std::string memory = "1G";
    std::string output;
    NeuronRequest request;
    InputOptions input;
    CommonOptions common;
};

NeuronRequest requestOf(const Options& options) {
    auto request = options.request;
    parseNeuronChoice(options.neurons, request);
    request.by = parseNeuronRank(options.by, "--by");
    if (!options.also.empty())
        request.also = parseNeurons(options.also, "--also");
    request.ablation = parseAblation(options.ablation, "--ablation");
    request.seed = options.input.seed.value_or(0);
    return request;
}

/// The place of the model that --chosen-on names.
std::size_t placeOf(const std::string& wanted, const OpenedModels& opened) {
    const auto names = uniqueNames(opened.infos());
    std::string known;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (wanted == names[i] || wanted == opened.models[i]->info().source)
            return i;
        known += (i == 0 ? "" : ", ") + names[i];
    }
    throw UsageError("--chosen-on " + wanted, "is none of the models: " + known);
}

void printSummary(const NeuronResult& result) {
    const auto mean = [](const Table& table, std::size_t neurons, Effect effect) {
        const auto rows = static_cast<Eigen::Index>(neurons);
        return rows == 0 ? 0.0 : table.topRows(rows).col(static_cast<int>(effect)).mean();
    };
    const auto ones = result.chosenOnes, random = result.random.neurons.size();
    std::printf("%s (%s), layer %d, %s: mean |change of entropy| of %s "
                "%.3g nats total (LN recomputed), %.3g LN frozen; of %s %.3g and "
                "%.3g\n",
                result.model.name.c_str(), result.model.normalization.label().c_str(),
                result.layer.value, counted(result.tokens.size(), "scored token").c_str(),
                counted(ones, "neuron").c_str(),
                mean(result.chosen.meanAbs, ones, Effect::TotalEntropy),
                mean(result.chosen.meanAbs, ones, Effect::FrozenEntropy),
                counted(random, "random one").c_str(),
                mean(result.random.meanAbs, random, Effect::TotalEntropy),
                mean(result.random.meanAbs, random, Effect::FrozenEntropy));
}

void warnOf(const NeuronResults& results, const OpenedModels& opened, const NeuronLimits& limits,
            std::vector<std::string>& warnings) {
    for (const auto& result : results)
        for (const auto& sentence : shortfalls(*result))
            warnings.push_back(result->model.name + ": " + sentence);
    for (const auto& model : opened.models)
        if (const auto least = leastBytes(*model); least > limits.bytes)
            warnings.push_back(model->info().name +
                               ": --memory is less than one token takes; about " +
                               megabytes(least) + " were used");
}

int run(const Options& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    auto request = requestOf(options);
    const NeuronLimits limits{static_cast<std::int64_t>(parseByteSize(options.memory, "--memory"))};
    const auto inputRequest = options.input.request();
    const auto cache = openCache(options.common);
    const auto opened = openModels(options.models, options.common, progress);
    const auto chooser = options.chosenOn.empty() ? 0 : placeOf(options.chosenOn, opened);
    const auto input = accounted(
        resolveInput(inputRequest, opened.tokenizer(), opened.narrowestConfig(), progress));
    { const AtomicFile refusedBeforeComputing(options.output); }
    std::uint64_t bytes = 0;
    for (const auto& info : opened.infos())
        bytes += NeuronAnalysis::bytes(info, input, request);
    checkSize(bytes, options.output, "fewer --neurons or --sequences", options.common.quiet);
    checkMemory(heldBytes(bytes, opened.infos().front()), "the result",
                "fewer --neurons or --sequences", options.common.quiet);

    auto warnings = joined(opened.warnings(), warningsOf(input));
    const auto results =
        options.chosenOn.empty()
            ? answerEach(cache.get(), opened, input, request, progress, limits, &warnings)
            : answerFollowed(cache.get(), opened, chooser, input, request, progress, limits,
                             &warnings);
    warnOf(results, opened, limits, warnings);
    saveResults<NeuronAnalysis>(options.output, results, input, request, opened.tokenizer());
    clearProgressLine(options.common.quiet);
    if (!options.common.quiet)
        for (const auto& result : results)
            printSummary(*result);
    printWarnings(warnings, options.common.quiet);
    return exitSuccess;
}

} // namespace

void addNeuronsCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "neurons", "confidence neurons: weights, activations, effects of ablating them");
    auto& request = options->request;
    command->add_option("MODEL", options->models, "folders, Hub ids or demo:NAME")->required();
    command->add_option("--layer", request.layer, "a layer, from the end when negative")
        ->check(wholeNumber());
    command->add_option("--neurons", options->neurons, "584,2123, all or top:N");
    command->add_option("--also", options->also,
                        "further neurons, no part of means and cumulative ablation");
    command->add_option("--by", options->by,
                        "what top:N ranks by: score, norm, null-space, loss or entropy");
    command->add_option("--chosen-on", options->chosenOn,
                        "the model whose top neurons are followed in all; else each has its own");
    command->add_option("--ablation", options->ablation,
                        "mean (over the dataset's scored tokens) or zero");
    command
        ->add_option("--null-space", request.nullSpace,
                     "how many directions of W_U count as its null space")
        ->check(wholeNumber());
    command->add_option("--random-neurons", request.randomNeurons, "as a baseline")
        ->check(wholeNumber());
    command->add_flag("--screen", request.screen,
                      "estimate every neuron of the last layer too, with a bound");
    command->add_flag("--per-token", request.perToken, "write every token's change");
    command->add_option("--memory", options->memory,
                        "working memory beyond the weights, e.g. 512M (default 1G)");
    command->add_option("-o,--output", options->output, "the result file (HDF5)")->required();
    addInputOptions(*command, options->input, "of the random neurons and the dataset's shuffle");
    addCommonOptions(*command, options->common);
    command->callback([&action, options] { action = [options] { return run(*options); }; });
}

} // namespace residuum

#include "app/cli/commands.h"

#include "analysis/removal/initial_model.h"
#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "app/cli/training_options.h"
#include "core/checkpoint/model_files.h"

#include <CLI/Validators.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace residuum {

namespace {

struct Options : TrainingOptions {
    ModelShape shape;
    std::optional<double> rate, dropout;
};

/// What suits a model of that size, as measured by Kaplan et al. 2020 (arXiv 2001.08361, D.6).
double usualRate(const ModelShape& shape) {
    const double d = shape.width, parameters = 12.0 * shape.layers * d * d;
    return std::clamp(0.003239 - 0.0001395 * std::log(parameters), 1e-4, 3e-3);
}

RunPlan planOf(const Options& options) {
    RunPlan plan;
    plan.purpose = RunPurpose::FromScratch;
    plan.batch = options.batch.value_or(16);
    plan.accumulate = options.accumulate.value_or(1);
    plan.length = options.length.value_or(options.shape.context);
    plan.shuffled = options.order == "shuffled";
    plan.seed = options.seed;
    if (!options.schedule.empty()) {
        plan.schedule = readSchedule(options.schedule);
        plan.steps = options.steps.value_or(plan.schedule.steps);
    } else {
        plan.schedule.learningRate = options.rate.value_or(usualRate(options.shape));
        plan.schedule.minLearningRate = plan.schedule.learningRate / 10.0;
    }
    plan.schedule.dropout = options.dropout.value_or(plan.schedule.dropout);
    return plan;
}

/// Without a schedule the run goes through its text once, unless asked otherwise.
void setLength(RunPlan& plan, const Options& options, const TrainingText& text) {
    if (!options.schedule.empty())
        return;
    const auto perStep = std::int64_t{plan.batch} * plan.accumulate;
    plan.steps = options.steps.value_or(
        static_cast<int>(std::max<std::int64_t>(1, text.sequences() / perStep)));
    plan.schedule.steps = plan.steps;
    plan.schedule.warmup = std::clamp(plan.steps / 20, 1, 500);
}

/// The model that the run begins with, in DIR/start.
std::filesystem::path beginning(const Options& options, const RunPlan& plan,
                                const RunFolder& folder, Progress& progress) {
    if (options.resume) {
        requireSameBeginning(folder.start(), options.shape, options.seed);
        return folder.start();
    }
    const auto vocabulary = vocabularyOf(options.dataset, options.shape.vocabulary, progress);
    AtomicFolder start(folder.start(), checkpoint::requireOwnModel);
    writeInitialModel(start, options.shape, vocabulary, options.seed, plan.schedule.dropout,
                      progress);
    start.commit();
    return folder.start();
}

int train(const Options& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    requireTrainingType(options);
    requireShape(options.shape);
    auto plan = planOf(options);
    const RunFolder folder(options.output, options.resume);
    const auto start = beginning(options, plan, folder, progress);
    const auto opened = openModels({start.string()}, options.common, progress);
    const auto& model = *opened.models.front();
    auto job = trainingJob(options, model, plan, opened.tokenizer(), progress);
    setLength(job.plan, options, job.text);
    job.tokenizer = start;
    const auto outcome = runTold(options, model, job, folder, progress);
    if (!options.common.quiet)
        std::printf("%s: the model, trained from scratch\n", outcome.model.c_str());
    printWarnings(opened.warnings(), options.common.quiet);
    return exitSuccess;
}

} // namespace

void addTrainCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command =
        app.add_subcommand("train", "train a GPT-2 from scratch, its vocabulary included");
    addTrainingTexts(*command, *options);
    const auto number = [&](const char* name, int& value, int least, int most, const char* help) {
        command->add_option(name, value, help)
            ->check(wholeNumber())
            ->check(CLI::Range(least, most));
    };
    auto& shape = options->shape;
    number("--layers", shape.layers, 1, 1000, "blocks (default 4)");
    number("--heads", shape.heads, 1, 10'000, "heads of a block (default 8)");
    number("--width", shape.width, 1, 100'000, "of the residual stream (default 160)");
    number("--context", shape.context, 2, 1'000'000, "tokens that it reads at most (default 256)");
    number("--vocabulary", shape.vocabulary, 257, 10'000'000,
           "tokens: 256 bytes, merged pairs, end of text (default 1024)");
    auto* rate = command
                     ->add_option("--rate", options->rate,
                                  "the highest learning rate; it falls to a tenth (default: by "
                                  "the model's size)")
                     ->check(CLI::Range(1e-9, 1.0));
    command->add_option("--dropout", options->dropout, "share of numbers dropped (default 0.1)")
        ->check(CLI::Range(0.0, 0.999));
    addScheduleOption(*command, *options)->excludes(rate);
    addTrainingOptions(*command, *options, "of weights, order and dropout");
    command->callback([&action, options] { action = [options] { return train(*options); }; });
}

} // namespace residuum

#include "app/cli/commands.h"

#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "app/cli/training_options.h"
#include "app/resources.h"
#include "core/checkpoint/hub.h"
#include "core/model/tokenizer_choice.h"
#include "core/task/wording.h"

#include <CLI/Validators.hpp>

#include <algorithm>
#include <cstdio>

namespace residuum {

namespace {

struct Options : TrainingOptions {
    std::string model, preset;
    bool vanilla = false;
};

RunPlan planOf(const Options& options, const ModelConfig& config) {
    PresetRun run;
    if (options.schedule.empty()) {
        const auto preset =
            options.preset.empty() ? Preset::Scaled : parseName<Preset>(options.preset, "--preset");
        run = presetRun({preset, options.vanilla, options.steps, options.accumulate}, config);
    } else {
        const auto schedule = readSchedule(options.schedule);
        run = {schedule, schedule.steps, 4, 4, config.n_ctx};
    }
    return {run.schedule,
            options.vanilla ? RunPurpose::Vanilla : RunPurpose::Removal,
            options.steps.value_or(run.steps),
            options.batch.value_or(run.batch),
            options.accumulate.value_or(run.accumulate),
            options.length.value_or(std::min(run.length, config.n_ctx)),
            options.order == "shuffled",
            options.seed};
}

void tellOutcome(const TrainingOutcome& outcome, const Options& options) {
    if (options.common.quiet)
        return;
    if (outcome.exported)
        std::printf("%s: the model %s\n", outcome.model.c_str(),
                    options.vanilla ? "fine-tuned with its LayerNorm" : "without LayerNorm");
    else
        std::printf("%s: the run ended with %s not removed; --resume with more --steps goes on\n",
                    outcome.model.c_str(), counted(outcome.realSites, "site").c_str());
}

int removeLn(const Options& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    requireTrainingType(options);
    const auto opened = openModels({options.model}, options.common, progress);
    const auto& model = *opened.models.front();
    const auto plan = planOf(options, model.info().config);
    const RunFolder folder(options.output, options.resume);
    auto job = trainingJob(options, model, plan, opened.tokenizer(), progress);
    job.tokenizer = chooseTokenizer(resolveModel(options.model, resourceFolder() / "demo"),
                                    options.common.tokenizer,
                                    static_cast<std::size_t>(model.info().config.d_vocab))
                        .folder;
    tellOutcome(runTold(options, model, job, folder, progress), options);
    printWarnings(opened.warnings(), options.common.quiet);
    return exitSuccess;
}

} // namespace

void addRemoveLnCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "remove-ln", "fine-tune a model while its LayerNorms are removed one after the other");
    command->add_option("MODEL", options->model, "folder, Hub id or demo:NAME")->required();
    addTrainingTexts(*command, *options);
    auto* preset =
        command
            ->add_option("--preset", options->preset,
                         "the paper's small, medium, large, xl; or scaled: small's in proportion "
                         "to depth and --steps (default)")
            ->check(CLI::IsMember({"small", "medium", "large", "xl", "scaled"}));
    addScheduleOption(*command, *options)->excludes(preset);
    command->add_flag("--vanilla", options->vanilla, "the control: the same, every LayerNorm kept");
    addTrainingOptions(*command, *options, "of order and dropout");
    command->callback([&action, options] { action = [options] { return removeLn(*options); }; });
}

} // namespace residuum

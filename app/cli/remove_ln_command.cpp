#include "app/cli/commands.h"

#include "analysis/removal/removal.h"
#include "app/cli/console.h"
#include "app/cli/opened_models.h"
#include "app/cli/result_size.h"
#include "app/resources.h"
#include "core/checkpoint/hub.h"
#include "core/model/tokenizer_choice.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <CLI/Validators.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

namespace residuum {

namespace {

namespace fs = std::filesystem;

struct Options {
    std::string model, dataset, validation, output;
    std::string preset, schedule, order = "shuffled";
    std::optional<int> steps, batch, accumulate, length;
    int saveEvery = 50;
    std::uint64_t seed = 0;
    bool vanilla = false, resume = false;
    CommonOptions common;
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
            options.vanilla,
            options.steps.value_or(run.steps),
            options.batch.value_or(run.batch),
            options.accumulate.value_or(run.accumulate),
            options.length.value_or(std::min(run.length, config.n_ctx)),
            options.order == "shuffled",
            options.seed};
}

std::string absolute(const std::string& file) {
    return fs::absolute(file).lexically_normal().string();
}

std::string requestOf(const Options& options, const ModelInfo& model, const RemovalJob& job) {
    nlohmann::ordered_json json{{"kind", "removal"}};
    json["models"].push_back(model.anywhere.empty() ? model.source : model.anywhere);
    json["dataset"] = {{"file", absolute(options.dataset)}, {"sha256", job.text.sha256}};
    if (job.held)
        json["validation"] = {{"file", absolute(options.validation)}, {"sha256", job.held->sha256}};
    json["removal"] = nlohmann::ordered_json::parse(planJson(job.plan));
    json["removal"]["steps"] = job.plan.steps;
    json["numeric"] = {{"dtype", name(model.numeric.dtype)}, {"device", model.numeric.device}};
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Sentences and every some seconds a line about the last step, on standard output.
class Teller {
  public:
    Teller(const RunPlan& plan, bool quiet) : plan_(plan), quiet_(quiet) {}

    RemovalNews news() {
        return {[this](const std::string& sentence) { say(sentence); },
                [this](const RunRecord& record, double speed) { step(record, speed); }};
    }

  private:
    void say(const std::string& sentence) const {
        if (quiet_)
            return;
        clearProgressLine(quiet_);
        std::printf("%s\n", sentence.c_str());
        std::fflush(stdout);
    }
    void step(const RunRecord& record, double tokensPerSecond) {
        using Clock = std::chrono::steady_clock;
        const auto done = static_cast<int>(record.steps.size());
        for (; told_ < record.events.size(); ++told_)
            say(withNumbers("step %d: ", record.events[told_].step) +
                siteName(record.events[told_].site) + " removed");
        if (done < plan_.steps && Clock::now() - last_ < std::chrono::seconds(10))
            return;
        last_ = Clock::now();
        const auto& step = record.steps.back();
        say(withNumbers("%d of %d: loss %.4f, gradient norm %.3g, rate %.3g, %.0f tokens/s", done,
                        plan_.steps, step.loss, step.gradNorm, step.learningRate, tokensPerSecond));
    }

    const RunPlan& plan_;
    bool quiet_;
    std::size_t told_ = 0;
    std::chrono::steady_clock::time_point last_{};
};

std::uint64_t diskBytes(const RemovalJob& job, const ModelInfo& model) {
    const auto size = model.numeric.dtype == DType::Float64 ? 8U : 4U;
    const auto values = static_cast<std::uint64_t>(model.parameterCount) * size;
    const auto checkpoints = static_cast<std::uint64_t>(job.plan.steps / job.saveEvery) + 1;
    return values * (3 * checkpoints + 1); // with two moments each; and the model
}

void tellOutcome(const RemovalOutcome& outcome, const RunPlan& plan, bool quiet) {
    if (quiet)
        return;
    if (outcome.exported)
        std::printf("%s: the model %s\n", outcome.model.c_str(),
                    plan.vanilla ? "fine-tuned with its LayerNorm" : "without LayerNorm");
    else
        std::printf("%s: the run ended with %s not removed; --resume with more --steps goes on\n",
                    outcome.model.c_str(), counted(outcome.realSites, "site").c_str());
}

int removeLn(const Options& options) {
    const InterruptGuard interrupt;
    auto progress = terminalProgress(interrupt.token(), options.common.quiet);
    if (options.common.numeric().dtype == DType::BFloat16)
        throw UsageError("--dtype bfloat16", "is too coarse for weights that are trained; use "
                                             "float32 or float64");
    const auto opened = openModels({options.model}, options.common, progress);
    const auto& model = *opened.models.front();
    const auto& info = model.info();
    RemovalJob job;
    job.plan = planOf(options, info.config);
    job.endOfText = endOfTextOf(info.folder, opened.tokenizer(), info.config.d_vocab);
    const TextReading reading{opened.tokenizer(), info.config.d_vocab, job.endOfText,
                              job.plan.length};
    job.text = readTrainingText(options.dataset, reading, progress);
    if (!options.validation.empty())
        job.held = readTrainingText(options.validation, reading, progress);
    job.folder = options.output;
    job.tokenizer =
        chooseTokenizer(resolveModel(options.model, resourceFolder() / "demo"),
                        options.common.tokenizer, static_cast<std::size_t>(info.config.d_vocab))
            .folder;
    job.resume = options.resume;
    job.saveEvery = options.saveEvery;
    job.memory = info.numeric.device == "cpu" ? memoryOfMachine() : 0;
    job.request = requestOf(options, info, job);
    checkSize(diskBytes(job, info), options.output, "a larger --save-every", options.common.quiet);
    Teller teller(job.plan, options.common.quiet);
    const auto news = teller.news();
    const auto outcome = removeLayerNorm(model, job, news, progress);
    clearProgressLine(options.common.quiet);
    tellOutcome(outcome, job.plan, options.common.quiet);
    printWarnings(opened.warnings(), options.common.quiet);
    return exitSuccess;
}

void addTrainingOptions(CLI::App& command, Options& options) {
    const auto number = [&](const char* name, auto& value, int least, const char* help) {
        command.add_option(name, value, help)
            ->check(wholeNumber())
            ->check(CLI::Range(least, 100'000'000));
    };
    number("--steps", options.steps, 1,
           "end after this many updates (default: a preset's published end, a schedule's steps)");
    number("--batch", options.batch, 1, "sequences per micro-batch");
    number("--accumulate", options.accumulate, 1, "micro-batches per step");
    number("--length", options.length, 2, "tokens per sequence (default: 1024 or the context)");
    command.add_option("--order", options.order, "of the sequences: file or shuffled (default)")
        ->check(CLI::IsMember({"file", "shuffled"}));
    command.add_option("--seed", options.seed, "of order and dropout")->check(seedNumber());
    number("--save-every", options.saveEvery, 1, "steps between checkpoints (default 50)");
}

} // namespace

void addRemoveLnCommand(CLI::App& app, Action& action) {
    auto options = std::make_shared<Options>();
    auto* command = app.add_subcommand(
        "remove-ln", "fine-tune a model while its LayerNorms are removed one after the other");
    command->add_option("MODEL", options->model, "folder, Hub id or demo:NAME")->required();
    command->add_option("--dataset", options->dataset, "a .txt, .jsonl or .bin to train on")
        ->required();
    command->add_option("--validation", options->validation,
                        "a text held out, whose loss is taken at every checkpoint");
    auto* preset =
        command
            ->add_option("--preset", options->preset,
                         "the paper's small, medium, large, xl; or scaled: small's in proportion "
                         "to depth and --steps (default)")
            ->check(CLI::IsMember({"small", "medium", "large", "xl", "scaled"}));
    command->add_option("--schedule", options->schedule, "a schedule's JSON file")
        ->excludes(preset);
    command->add_flag("--vanilla", options->vanilla, "the control: the same, every LayerNorm kept");
    addTrainingOptions(*command, *options);
    command->add_flag("--resume", options->resume, "go on from the last checkpoint in DIR");
    command
        ->add_option("-o,--output", options->output,
                     "DIR: run.h5 (readable while the run goes on), checkpoints/, model/")
        ->required();
    addCommonOptions(*command, options->common);
    command->callback([&action, options] { action = [options] { return removeLn(*options); }; });
}

} // namespace residuum

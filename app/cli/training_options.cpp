#include "app/cli/training_options.h"

#include "app/cli/console.h"
#include "app/cli/result_size.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <CLI/Validators.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace residuum {

namespace {

namespace fs = std::filesystem;

std::string absolute(const std::string& file) {
    return fs::absolute(file).lexically_normal().string();
}

std::string requestOf(const TrainingOptions& options, const ModelInfo& model,
                      const TrainingJob& job) {
    const char* kind = job.plan.purpose == RunPurpose::FromScratch ? "train" : "removal";
    nlohmann::ordered_json json{{"kind", kind}};
    json["models"].push_back(model.anywhere.empty() ? model.source : model.anywhere);
    json["dataset"] = {{"file", absolute(options.dataset)}, {"sha256", job.text.sha256}};
    if (job.held)
        json["validation"] = {{"file", absolute(options.validation)}, {"sha256", job.held->sha256}};
    json[kind] = nlohmann::ordered_json::parse(planJson(job.plan));
    json[kind]["steps"] = job.plan.steps;
    json["numeric"] = {{"dtype", name(model.numeric.dtype)}, {"device", model.numeric.device}};
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// Sentences and every some seconds a line about the last step, on standard output.
class Teller {
  public:
    Teller(const RunPlan& plan, bool quiet) : plan_(plan), quiet_(quiet) {}

    TrainingNews news() {
        return {
            [this](const std::string& sentence) { say(sentence); },
            [this](const RunRecord& record, const TrainingSpeed& speed) { step(record, speed); }};
    }

  private:
    void say(const std::string& sentence) const {
        if (quiet_)
            return;
        clearProgressLine(quiet_);
        std::printf("%s\n", sentence.c_str());
        std::fflush(stdout);
    }
    void step(const RunRecord& record, const TrainingSpeed& speed) {
        using Clock = std::chrono::steady_clock;
        const auto done = static_cast<int>(record.steps.size());
        for (; told_ < record.events.size(); ++told_)
            say(withNumbers("step %d: ", record.events[told_].step) +
                siteName(record.events[told_].site) + " removed");
        if (done < plan_.steps && Clock::now() - last_ < std::chrono::seconds(10))
            return;
        last_ = Clock::now();
        const auto& step = record.steps.back();
        auto text = withNumbers("%d of %d: loss %.4f, gradient norm %.3g, rate %.3g, %.0f tokens/s "
                                "(%.0f %% of what its products alone would reach)",
                                done, plan_.steps, step.loss, step.gradNorm, step.learningRate,
                                speed.tokensPerSecond, 100.0 * speed.productShare);
        if (done < plan_.steps)
            text += ", " + durationText(speed.secondsLeft) + " left";
        say(text);
    }

    const RunPlan& plan_;
    bool quiet_;
    std::size_t told_ = 0;
    std::chrono::steady_clock::time_point last_{};
};

std::uint64_t diskBytes(const TrainingJob& job, const ModelInfo& model) {
    const auto size = model.numeric.dtype == DType::Float64 ? 8U : 4U;
    const auto values = static_cast<std::uint64_t>(model.parameterCount) * size;
    auto checkpoints = static_cast<std::uint64_t>(job.plan.steps / job.saveEvery) + 1;
    if (job.keep) // and the one that is being written
        checkpoints = std::min(checkpoints, static_cast<std::uint64_t>(*job.keep) + 1);
    return values * (3 * checkpoints + 1); // with two moments each; and the model
}

} // namespace

void addTrainingTexts(CLI::App& command, TrainingOptions& options) {
    command.add_option("--dataset", options.dataset, "a .txt, .jsonl or .bin to train on")
        ->required();
    command.add_option("--validation", options.validation,
                       "a text held out, whose loss is taken at every checkpoint");
}

CLI::Option* addScheduleOption(CLI::App& command, TrainingOptions& options) {
    return command.add_option("--schedule", options.schedule, "a schedule's JSON file");
}

void addTrainingOptions(CLI::App& command, TrainingOptions& options, const std::string& seedHelp) {
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
    command.add_option("--seed", options.seed, seedHelp)->check(seedNumber());
    number("--save-every", options.saveEvery, 1, "steps between checkpoints (default 50)");
    number("--keep", options.keep, 1, "keep the last so many checkpoints only (default: all)");
    command.add_flag("--resume", options.resume, "go on from the last checkpoint in DIR");
    command
        .add_option("-o,--output", options.output,
                    "DIR: run.h5 (readable while the run goes on), checkpoints/, model/")
        ->required();
    addCommonOptions(command, options.common);
}

void requireTrainingType(const TrainingOptions& options) {
    if (options.common.numeric().dtype == DType::BFloat16)
        throw UsageError("--dtype bfloat16", "is too coarse for weights that are trained; use "
                                             "float32 or float64");
}

TrainingJob trainingJob(const TrainingOptions& options, const Model& model, const RunPlan& plan,
                        const Tokenizer* tokenizer, Progress& progress) {
    const auto& info = model.info();
    TrainingJob job;
    job.plan = plan;
    job.endOfText = endOfTextOf(info.folder, tokenizer, info.config.d_vocab);
    const TextReading reading{tokenizer, info.config.d_vocab, job.endOfText, plan.length};
    job.text = readTrainingText(options.dataset, reading, progress);
    if (!options.validation.empty())
        job.held = readTrainingText(options.validation, reading, progress);
    job.resume = options.resume;
    job.saveEvery = options.saveEvery;
    job.keep = options.keep;
    job.memory = info.numeric.device == "cpu" ? memoryOfMachine() : 0;
    return job;
}

TrainingOutcome runTold(const TrainingOptions& options, const Model& model, TrainingJob& job,
                        const RunFolder& folder, Progress& progress) {
    job.request = requestOf(options, model.info(), job);
    checkSize(diskBytes(job, model.info()), options.output, "--keep or a larger --save-every",
              options.common.quiet);
    Teller teller(job.plan, options.common.quiet);
    const auto outcome = runTraining(model, job, folder, teller.news(), progress);
    clearProgressLine(options.common.quiet);
    return outcome;
}

} // namespace residuum

#include "analysis/removal/training_run.h"

#include "analysis/removal/run_checkpoint.h"
#include "analysis/removal/run_file.h"
#include "analysis/removal/trainer.h"
#include "analysis/removal/watch.h"
#include "core/checkpoint/model_files.h"
#include "core/digest/sha256.h"
#include "core/json/strict_json.h"
#include "core/model/pass_products.h"
#include "core/model/weights.h"
#include "core/task/error.h"
#include "core/task/wording.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>

namespace residuum {

namespace {

using Clock = std::chrono::steady_clock;

/// Between two writings of run.h5 that nothing else asks for.
constexpr std::chrono::seconds recordEvery{5};

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void requireSomethingToRemove(const Model& model, const RunPlan& plan) {
    const auto& sites = model.info().normalization;
    if (plan.removes() && sites.removedCount() == sites.siteCount())
        throw Error(model.info().source, "has no LayerNorm left to remove");
    if (plan.length < 2 || plan.length > model.info().config.n_ctx)
        throw Error("--length " + std::to_string(plan.length),
                    "is out of range; the model's context holds 2 to " +
                        std::to_string(model.info().config.n_ctx) + " tokens");
}

/// Kept where that fits the memory, else made again; throws where neither does.
Activations fitting(const Model& model, const TrainingJob& job, const TrainingNews& news) {
    const auto need = runMemory(model, job.plan);
    const auto limit = static_cast<std::int64_t>(job.memory);
    if (limit != 0 && need.least > limit)
        throw Error(model.info().source,
                    "needs " + bytesText(need.least) +
                        " of memory to train (weights, gradients, two moments and a pass), but "
                        "there are " +
                        bytesText(limit) + "; use a smaller --batch, --length or model");
    const bool keep = limit == 0 || need.usual <= limit;
    news.say(keep ? "memory: " + bytesText(need.usual)
                  : "memory: " + bytesText(need.least) +
                        ", each block's activations being computed twice (" +
                        bytesText(need.usual) + " do not fit)");
    return keep ? Activations::Kept : Activations::Recomputed;
}

std::string keyOf(const RunIdentity& identity, int steps) {
    Sha256 digest;
    digest.add(identity.plan + identity.weightsHash + identity.datasetSha256 + identity.dtype +
               identity.device + std::to_string(identity.threads) + std::to_string(steps));
    return digest.hex().substr(0, 32);
}

class Run {
  public:
    Run(const Model& model, const TrainingJob& job, const RunFolder& folder,
        const TrainingNews& news)
        : model_(model), job_(job), news_(news), folder_(folder),
          identity_(identityOf(job.plan, job.text, model.info())),
          origin_{job.plan.purpose == RunPurpose::FromScratch ? "train" : "removal", model.info(),
                  job.request, keyOf(identity_, job.plan.steps)} {}

    TrainingOutcome go(Progress& progress) {
        begin(progress);
        progress.begin(stage(), std::int64_t{job_.plan.steps} * job_.plan.accumulate,
                       std::int64_t{trainer_->stepsDone()} * job_.plan.accumulate);
        try {
            while (trainer_->stepsDone() < job_.plan.steps)
                step(progress);
        } catch (const Cancelled&) {
            keep();
            writeRecord();
            throw;
        }
        finish();
        return outcome();
    }

  private:
    std::string stage() const {
        switch (job_.plan.purpose) {
        case RunPurpose::Removal:
            return "removing LayerNorm";
        case RunPurpose::Vanilla:
            return "fine-tuning";
        case RunPurpose::FromScratch:
            break;
        }
        return "training";
    }

    void begin(Progress& progress) {
        const auto activations = fitting(model_, job_, news_);
        if (job_.resume) {
            resume(activations, progress);
        } else {
            make(model_, activations);
            const auto start = Clock::now();
            trainer_->calibrate(progress);
            announce(3.0 * secondsSince(start)); // a step's backward pass is twice a forward one
            if (job_.held)
                trainer_->validate(*job_.held, progress);
        }
        timeProducts();
        started_ = Clock::now();
        firstStep_ = trainer_->stepsDone();
        writeRecord();
    }

    void make(const Model& from, Activations activations) {
        trainer_ = std::make_unique<Trainer>(from.weights(), job_.plan, job_.text, job_.endOfText,
                                             activations);
    }

    void resume(Activations activations, Progress& progress) {
        saved_ = folder_.checkpointSteps().back();
        const auto place = folder_.checkpoint(saved_);
        requireSameRun(place, identity_);
        if (saved_ > job_.plan.steps)
            throw Error(place.string(), "is beyond step " + std::to_string(job_.plan.steps) +
                                            ", where the run is to end");
        const auto model = Model::open({place.string(), place.filename().string(), place},
                                       model_.info().numeric, progress);
        make(*model, activations);
        loadCheckpoint(place, *trainer_);
        news_.say("going on from " + place.string());
    }

    void announce(double secondsPerStep) const {
        const auto& plan = job_.plan;
        const auto perStep = std::int64_t{plan.batch} * plan.accumulate * plan.length;
        news_.say(counted(plan.steps, "step") + " of " + counted(perStep, "token") + ", about " +
                  durationText(secondsPerStep * plan.steps));
        if (plan.steps < plan.schedule.steps)
            news_.say("the schedule's " + counted(plan.schedule.steps, "step") +
                      " are longer: the run ends at " + std::to_string(plan.steps));
        if (plan.removes() && plan.schedule.startLnf >= plan.steps)
            news_.say("ln_f is to be removed before step " +
                      std::to_string(plan.schedule.startLnf) +
                      ", after the run's end: sites will be left");
        if (job_.text.sequences() < std::int64_t{plan.steps} * plan.batch * plan.accumulate)
            news_.say(job_.text.file.string() + " has " +
                      counted(job_.text.sequences(), "sequence") +
                      " and is gone through more than once");
    }

    void step(Progress& progress) {
        trainer_->step(progress);
        const auto report = watch(trainer_->record());
        if (report.fault)
            diverged(*report.fault);
        suspicious_ = report.suspicious;
        const auto done = trainer_->stepsDone();
        const bool last = done == job_.plan.steps;
        if (!suspicious_ && !last && done - saved_ >= job_.saveEvery) {
            if (job_.held)
                trainer_->validate(*job_.held, progress);
            keep();
        }
        if (last || Clock::now() - written_ >= recordEvery)
            writeRecord();
        news_.step(trainer_->record(), speed());
    }

    /// What others do on the machine can only slow them.
    void timeProducts() {
        const auto now = job_.plan.accumulate *
                         passProductSeconds(model_.weights(), job_.plan.batch, job_.plan.length);
        productSeconds_ = std::min(productSeconds_, now);
    }

    TrainingSpeed speed() const {
        const auto done = trainer_->stepsDone() - firstStep_;
        const double perStep = secondsSince(started_) / done;
        const auto tokens =
            static_cast<double>(job_.plan.length) * job_.plan.batch * job_.plan.accumulate;
        return {tokens / perStep, perStep * (job_.plan.steps - trainer_->stepsDone()),
                productSeconds_ / perStep};
    }

    [[noreturn]] void diverged(const std::string& fault) {
        writeRecord();
        const auto step = std::to_string(trainer_->stepsDone() - 1);
        const auto last = saved_ > 0 ? folder_.checkpoint(saved_).string() : std::string();
        throw Error(folder_.path().string(),
                    "the run diverged at step " + step + ": " + fault + "; " +
                        (last.empty() ? "no checkpoint was made before: begin again"
                                      : "the last good checkpoint is " + last +
                                            ", a model: give it to remove-ln in place of MODEL, "
                                            "with another -o,") +
                        (job_.plan.removes()
                             ? " with wider gaps, a smaller learning_rate or another "
                               "aux_weight in a --schedule"
                             : " with a smaller learning_rate in a --schedule"));
    }

    /// The steps so far, in a checkpoint, unless they are not worth keeping or are kept.
    void keep() {
        const auto done = trainer_->stepsDone();
        if (suspicious_ || done == saved_ || done == 0)
            return;
        Progress uninterrupted;
        orSayWhatIsLeft([&] {
            saveCheckpoint(folder_.checkpoint(done), *trainer_, identity_, from(done),
                           uninterrupted);
        });
        saved_ = done;
        removeOldCheckpoints();
        timeProducts();
    }

    /// A disk that is full costs the steps since the last checkpoint, no more.
    template <class Write>
    void orSayWhatIsLeft(const Write& write) const {
        try {
            write();
        } catch (const Error& error) {
            throw Error(error.subject(), error.reason() + "; " + whatIsLeft());
        }
    }

    std::string whatIsLeft() const {
        return saved_ == 0 ? "the run has no checkpoint yet"
                           : folder_.checkpoint(saved_).string() +
                                 " is the last good checkpoint: make room, and --resume goes on";
    }

    /// After the newest was written whole.
    void removeOldCheckpoints() const {
        if (!job_.keep)
            return;
        auto steps = folder_.checkpointSteps();
        std::error_code ignored; // what cannot be removed takes space, no more
        for (std::size_t i = 0; i + static_cast<std::size_t>(*job_.keep) < steps.size(); ++i)
            std::filesystem::remove_all(folder_.checkpoint(steps[i]), ignored);
    }

    TrainedFrom from(int step) const {
        const char* command = job_.plan.purpose == RunPurpose::FromScratch ? "train, "
                              : job_.plan.removes()                        ? "remove-ln "
                                                    : "remove-ln --vanilla, ";
        return {model_.info().folder, job_.tokenizer, model_.info().weightsHash,
                std::string(command) + "step " + std::to_string(step)};
    }

    void writeRecord() {
        orSayWhatIsLeft([&] { writeRunFile(folder_.record(), origin_, trainer_->record()); });
        written_ = Clock::now();
    }

    void finish() {
        Progress uninterrupted;
        const auto& record = trainer_->record();
        const auto done = trainer_->stepsDone();
        if (job_.held && (record.validations.empty() || record.validations.back().step != done))
            trainer_->validate(*job_.held, uninterrupted);
        suspicious_ = false; // whatever it is, it is the run's end
        keep();
        writeRecord();
        const auto& sites = trainer_->sites().normalization();
        realSites_ = sites.siteCount() - sites.removedCount();
        if (job_.plan.removes() && realSites_ > 0)
            return;
        AtomicFolder model(folder_.model(), checkpoint::requireOwnModel);
        (job_.plan.removes() ? writeEpsilonTrick : writeTrained)(model, trainer_->parameters(),
                                                                 from(done), uninterrupted);
        model.commit();
        exported_ = true;
    }

    TrainingOutcome outcome() const {
        return {exported_, realSites_,
                exported_ ? folder_.model() : folder_.checkpoint(trainer_->stepsDone()),
                trainer_->stepsDone()};
    }

    const Model& model_;
    const TrainingJob& job_;
    const TrainingNews& news_;
    const RunFolder& folder_;
    RunIdentity identity_;
    RunOrigin origin_;
    std::unique_ptr<Trainer> trainer_;
    Clock::time_point started_{}, written_{};
    double productSeconds_ = std::numeric_limits<double>::infinity(); ///< of a step
    int firstStep_ = 0, saved_ = 0;
    bool suspicious_ = false, exported_ = false;
    std::size_t realSites_ = 0;
};

} // namespace

std::string durationText(double seconds) {
    if (seconds < 100.0)
        return withNumbers("%.0f s", seconds);
    const auto minutes = static_cast<long>(seconds / 60.0);
    return minutes < 120 ? withNumbers("%ld minutes", minutes)
                         : withNumbers("%.1f hours", seconds / 3600.0);
}

RunMemory runMemory(const Model& model, const RunPlan& plan) {
    const auto& weights = model.weights();
    return {trainingBytes(weights, plan, Activations::Recomputed),
            trainingBytes(weights, plan, Activations::Kept)};
}

TrainingOutcome runTraining(const Model& model, const TrainingJob& job, const RunFolder& folder,
                            const TrainingNews& news, Progress& progress) {
    requireSomethingToRemove(model, job.plan);
    return Run(model, job, folder, news).go(progress);
}

} // namespace residuum

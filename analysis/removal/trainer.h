// A model in training: weights, optimiser, sites, and the steps that change them.
#pragma once

#include "analysis/removal/run_plan.h"
#include "analysis/removal/run_record.h"
#include "analysis/removal/site_states.h"
#include "analysis/removal/training_text.h"
#include "core/model/adamw.h"
#include "core/model/parameters.h"
#include "core/model/training_pass.h"

#include <cstdint>

namespace residuum {

/// Belongs to one thread.
class Trainer {
  public:
    /// `text`, which must outlive this, has sequences of the plan's length.
    Trainer(const Weights& weights, const RunPlan& plan, const TrainingText& text,
            std::int64_t endOfText, Activations activations);

    /// σ of the first step's sequences as one batch, before any update.
    void calibrate(Progress& progress);
    /// The next step; adds it to the record. Advances `progress` by its micro-batches. Throws
    /// Cancelled and Error; everything is then as before the step.
    void step(Progress& progress);
    /// Adds the loss over `held` to the record.
    void validate(const TrainingText& held, Progress& progress);

    int stepsDone() const { return static_cast<int>(record_.steps.size()); }
    const RunPlan& plan() const { return plan_; }
    const RunRecord& record() const { return record_; }
    const SiteStates& sites() const { return sites_; }
    Parameters& parameters() { return parameters_; }
    AdamW& optimiser() { return optimiser_; }
    /// As a run was that has come this far; its weights and moments are there already.
    void restore(const RunRecord& record, const SiteStates& sites);

  private:
    at::Tensor microBatch(std::int64_t step, std::int64_t index);
    LossTerms terms(std::int64_t step, std::int64_t index) const;
    StepRecord overMicroBatches(SiteStates& sites, Progress& progress);

    RunPlan plan_;
    const TrainingText& text_;
    std::int64_t endOfText_;
    Activations activations_;
    SequenceOrder order_;
    Parameters parameters_;
    AdamW optimiser_;
    SiteStates sites_;
    RunRecord record_;
};

/// The sites' kinds and constants as `weights` have them.
Normalization normalizationOf(const Weights& weights);

/// Bytes of values, gradients and moments, and of a pass at its widest.
std::int64_t trainingBytes(const Weights& weights, const RunPlan& plan, Activations activations);

} // namespace residuum

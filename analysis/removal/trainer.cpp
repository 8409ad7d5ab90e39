#include "analysis/removal/trainer.h"

#include "core/task/error.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

namespace residuum {

namespace {

bool isGain(const std::string& key) {
    return key.ends_with("ln_1.weight") || key.ends_with("ln_2.weight") || key == "ln_f.weight";
}

AdamWSettings optimiserSettings(const Schedule& schedule) {
    return {schedule.beta1, schedule.beta2, schedule.adamEps, schedule.weightDecay, schedule.clip};
}

/// Matrices and embeddings, and the gains of sites that can be removed.
auto decays(bool gainsToo) {
    return [gainsToo](const std::string& key) {
        return key.ends_with(".weight") && (gainsToo || !isGain(key));
    };
}

} // namespace

Normalization normalizationOf(const Weights& weights) {
    Normalization sites;
    for (const auto& block : weights.blocks)
        sites.blocks.push_back({block.ln1_qk.site, block.ln1_v.site, block.ln2.site});
    sites.ln_f = weights.ln_f.site;
    return sites;
}

Trainer::Trainer(const Weights& weights, const RunPlan& plan, const TrainingText& text,
                 std::int64_t endOfText, Activations activations)
    : plan_(plan), text_(text), endOfText_(endOfText), activations_(activations),
      order_(text.sequences(), plan.shuffled, plan.seed), parameters_(weights),
      optimiser_(parameters_, optimiserSettings(plan.schedule), decays(plan.removes())),
      sites_(normalizationOf(weights), plan.schedule.momentum) {}

at::Tensor Trainer::microBatch(std::int64_t step, std::int64_t index) {
    auto tokens = at::empty({plan_.batch, text_.length}, at::kLong);
    for (std::int64_t b = 0; b < plan_.batch; ++b) {
        const auto place = (step * plan_.accumulate + index) * plan_.batch + b;
        const auto sequence = text_.from(order_.at(place));
        std::copy(sequence.begin(), sequence.end(),
                  tokens.data_ptr<std::int64_t>() + b * text_.length);
    }
    return tokens;
}

LossTerms Trainer::terms(std::int64_t step, std::int64_t index) const {
    const auto& schedule = plan_.schedule;
    return {.auxiliary = plan_.removes() ? schedule.auxWeight : 0.0,
            .endOfText = endOfText_,
            .maskEndOfText = schedule.maskEndOfText,
            .share = 1.0 / plan_.accumulate,
            .dropout = {schedule.dropout, plan_.seed, step, index},
            .spreads = true};
}

void Trainer::calibrate(Progress& progress) {
    std::vector<double> mean(sites_.sigma().size(), 0.0);
    for (int a = 0; a < plan_.accumulate; ++a) {
        const auto spreads = siteSpreads(parameters_.weights(), microBatch(0, a), progress);
        for (std::size_t i = 0; i < mean.size(); ++i)
            mean[i] += spreads.at(i) / plan_.accumulate;
    }
    sites_.calibrate(mean);
}

StepRecord Trainer::overMicroBatches(SiteStates& sites, Progress& progress) {
    const auto k = stepsDone();
    StepRecord record;
    for (int a = 0; a < plan_.accumulate; ++a) {
        parameters_.setSites(sites.normalization());
        const auto losses = addGradients(parameters_, microBatch(k, a), terms(k, a), activations_,
                                         std::as_const(progress));
        sites.track(losses.spreads);
        record.loss += losses.crossEntropy / plan_.accumulate;
        record.auxLoss += losses.spread / plan_.accumulate;
        record.largestNorm = std::max(record.largestNorm, losses.largestNorm);
        record.above50Nats += static_cast<double>(losses.above50Nats);
        progress.advance();
    }
    return record;
}

void Trainer::step(Progress& progress) {
    const auto k = stepsDone();
    auto sites = sites_;
    const auto gone =
        plan_.removes() ? sites.remove(plan_.schedule, k) : std::vector<RemovedSite>();
    StepRecord record;
    try {
        record = overMicroBatches(sites, progress);
    } catch (...) {
        parameters_.setSites(sites_.normalization());
        parameters_.clearGradients();
        throw;
    }
    record.learningRate = rateAt(plan_.schedule, k);
    // A loss that is no number leaves no gradient to go by either.
    record.gradNorm = optimiser_.update(parameters_, record.learningRate);
    record.tokensSeen =
        static_cast<double>(text_.length) * plan_.batch * plan_.accumulate * (k + 1);
    sites_ = std::move(sites);
    parameters_.setSites(sites_.normalization());
    record.sigma = sites_.sigma();
    record_.steps.push_back(std::move(record));
    for (const auto& site : gone)
        record_.events.push_back({k, site});
}

void Trainer::validate(const TrainingText& held, Progress& progress) {
    double sum = 0.0;
    std::int64_t scored = 0;
    for (std::int64_t begin = 0; begin < held.sequences(); begin += plan_.batch) {
        const auto count = std::min<std::int64_t>(plan_.batch, held.sequences() - begin);
        const auto tokens =
            at::tensor(held.from(begin, count)).to(at::kLong).view({count, held.length});
        const auto losses = evaluate(parameters_.weights(), tokens, progress);
        sum += losses.crossEntropy * static_cast<double>(losses.scored);
        scored += losses.scored;
    }
    record_.validations.push_back({stepsDone(), sum / static_cast<double>(scored)});
}

void Trainer::restore(const RunRecord& record, const SiteStates& sites) {
    record_ = record;
    sites_ = sites;
    parameters_.setSites(sites_.normalization());
    optimiser_.resumeAfter(stepsDone());
}

std::int64_t trainingBytes(const Weights& weights, const RunPlan& plan, Activations activations) {
    std::int64_t values = 0;
    auto tensors = static_cast<const WeightTensors&>(weights);
    forEachTensor(tensors, [&](const std::string&, at::Tensor& tensor, InCheckpoint) {
        values += static_cast<std::int64_t>(tensor.nbytes());
    });
    return 4 * values + passBytes(weights, plan.batch, plan.length, activations);
}

} // namespace residuum

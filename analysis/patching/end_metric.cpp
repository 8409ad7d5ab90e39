#include "analysis/patching/end_metric.h"

#include "analysis/tensor/row_index.h"
#include "core/model/normalize.h"
#include "core/model/products.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace residuum {

namespace {

/// Bounds the logits held at once.
constexpr std::int64_t unembeddedRows = 64;

} // namespace

at::Tensor normalizeBackward(const at::Tensor& gradient, const at::Tensor& x,
                             const NormWeights& site) {
    const auto scaled = gradient * site.gain; // of a removed site with 1/sigma in it
    const auto centred = scaled - scaled.mean(-1, /*keepdim=*/true);
    if (site.site.removed)
        return centred;
    const auto scale = normScale(x, site);
    const auto unit = (x - x.mean(-1, /*keepdim=*/true)) / scale;
    return (centred - unit * (scaled * unit).mean(-1, /*keepdim=*/true)) / scale;
}

EndMetric::EndMetric(const Weights& weights, PatchMetric metric, std::vector<AnswerTokens> answers,
                     const at::Tensor& cleanFinal, const Progress& progress)
    : weights_(weights), metric_(metric), answers_(std::move(answers)), progress_(progress) {
    std::vector<std::int64_t> correct, incorrect;
    for (const auto& answer : answers_) {
        correct.push_back(answer.correct.value);
        incorrect.push_back(answer.incorrect.value);
    }
    correct_ = rowIndex(correct, weights.W_E);
    if (metric == PatchMetric::LogitDiff)
        direction_ =
            weights.W_U_rows.index_select(0, correct_).to(at::kDouble) -
            weights.W_U_rows.index_select(0, rowIndex(incorrect, weights.W_E)).to(at::kDouble);
    if (metric == PatchMetric::Kl)
        cleanLogProbabilities_ = logProbabilities(cleanFinal);
}

at::Tensor EndMetric::logProbabilities(const at::Tensor& final) const {
    std::vector<at::Tensor> parts;
    for (std::int64_t begin = 0; begin < final.size(0); begin += unembeddedRows) {
        progress_.check();
        const auto rows = final.narrow(0, begin, std::min(unembeddedRows, final.size(0) - begin));
        const auto logits = applyWeights(normalize(rows, weights_.ln_f), weights_.W_U_rows.t());
        // Summed over the vocabulary in float64, kept in the weights' own precision.
        parts.push_back(at::log_softmax(logits, -1, at::kDouble).to(logits.scalar_type()));
    }
    return at::cat(parts);
}

std::vector<double> EndMetric::of(const at::Tensor& final,
                                  const std::vector<std::int64_t>& pairs) const {
    const at::NoGradGuard noGrad;
    const auto index = rowIndex(pairs, final);
    at::Tensor values;
    if (metric_ == PatchMetric::LogitDiff) {
        const auto norm = normalize(final, weights_.ln_f).to(at::kDouble);
        values = (norm * direction_.index_select(0, index)).sum(-1);
    } else {
        std::vector<at::Tensor> parts;
        for (std::int64_t begin = 0; begin < final.size(0); begin += unembeddedRows) {
            const auto count = std::min(unembeddedRows, final.size(0) - begin);
            const auto logProb = logProbabilities(final.narrow(0, begin, count));
            const auto of = index.narrow(0, begin, count);
            if (metric_ == PatchMetric::Kl) {
                const auto clean = cleanLogProbabilities_.index_select(0, of).to(at::kDouble);
                parts.push_back((clean.exp() * (clean - logProb)).sum(-1));
            } else {
                const auto answer = correct_.index_select(0, of).unsqueeze(1);
                const auto logOfAnswer = logProb.gather(1, answer).squeeze(1).to(at::kDouble);
                parts.push_back(metric_ == PatchMetric::Prob ? logOfAnswer.exp() : logOfAnswer);
            }
        }
        values = at::cat(parts);
    }
    values = values.to(at::kCPU).contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

at::Tensor EndMetric::gradientToLogits(const at::Tensor& final) const {
    const auto probability = logProbabilities(final).exp();
    if (metric_ == PatchMetric::Kl)
        return probability - cleanLogProbabilities_.exp();
    const auto answer = correct_.unsqueeze(1);
    auto gradient = at::zeros_like(probability)
                        .scatter_(1, answer, at::ones(answer.sizes(), probability.options())) -
                    probability;
    if (metric_ == PatchMetric::Prob)
        gradient = gradient * probability.gather(1, answer);
    return gradient;
}

at::Tensor EndMetric::gradient(const at::Tensor& final) const {
    const at::NoGradGuard noGrad;
    const auto toNorm = metric_ == PatchMetric::LogitDiff
                            ? direction_.to(final.scalar_type())
                            : applyWeights(gradientToLogits(final), weights_.W_U_rows);
    return normalizeBackward(toNorm, final, weights_.ln_f);
}

double EndMetric::flop() const {
    return metric_ == PatchMetric::LogitDiff
               ? 0.0
               : 2.0 * weights_.config.d_model * weights_.config.d_vocab;
}

} // namespace residuum

#include "analysis/patching/end_metric.h"

#include "core/model/doubles.h"
#include "core/model/norm.h"
#include "core/model/products.h"
#include "core/model/row_index.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

/// Bounds the logits held at once.
constexpr std::int64_t unembeddedRows = 64;

/// One side's answers of all pairs, as many for each.
struct Side {
    std::int64_t width = 1;
    std::vector<std::int64_t> tokens; ///< [B, width]; fewer answers are filled up with the first
    std::vector<double> shares;       ///< [B, width]: 1/n of each answer, 0 of what fills up
};

Side sideOf(const std::vector<AnswerTokens>& answers, TokenId AnswerTokens::*first,
            std::vector<TokenId> AnswerTokens::*more) {
    Side side;
    for (const auto& answer : answers)
        side.width = std::max(side.width, static_cast<std::int64_t>((answer.*more).size()) + 1);
    for (const auto& answer : answers) {
        const auto count = static_cast<std::int64_t>((answer.*more).size()) + 1;
        for (std::int64_t k = 0; k < side.width; ++k) {
            const bool further = k > 0 && k < count;
            side.tokens.push_back(further ? (answer.*more)[static_cast<std::size_t>(k - 1)].value
                                          : (answer.*first).value);
            side.shares.push_back(k < count ? 1.0 / static_cast<double>(count) : 0.0);
        }
    }
    return side;
}

/// Rows of W_U, averaged over each pair's answers. [B, d] float64
at::Tensor meanRows(const Weights& weights, const Side& side) {
    const auto rows =
        inDouble(weights.W_U_rows.index_select(0, rowIndex(side.tokens, weights.W_E)));
    if (side.width == 1)
        return rows;
    const auto shares = at::tensor(side.shares, at::TensorOptions().dtype(at::kDouble))
                            .to(rows.device())
                            .view({-1, side.width, 1});
    return (rows.view({-1, side.width, rows.size(1)}) * shares).sum(1);
}

} // namespace

EndMetric::EndMetric(const Weights& weights, PatchMetric metric, std::vector<AnswerTokens> answers,
                     const at::Tensor& cleanFinal, const Progress& progress)
    : weights_(weights), metric_(metric), answers_(std::move(answers)), progress_(progress) {
    const auto correct = sideOf(answers_, &AnswerTokens::correct, &AnswerTokens::moreCorrect);
    correct_ = rowIndex(correct.tokens, weights.W_E).view({-1, correct.width});
    shares_ = at::tensor(correct.shares, at::TensorOptions().dtype(at::kDouble))
                  .to(whereDoublesAre(correct_).device())
                  .view(correct_.sizes());
    if (metric == PatchMetric::LogitDiff) {
        const auto incorrect =
            sideOf(answers_, &AnswerTokens::incorrect, &AnswerTokens::moreIncorrect);
        direction_ = meanRows(weights, correct) - meanRows(weights, incorrect);
    }
    if (metric == PatchMetric::Kl)
        cleanLogProbabilities_ = logProbabilities(cleanFinal);
}

at::Tensor EndMetric::logProbabilities(const at::Tensor& final) const {
    std::vector<at::Tensor> parts;
    const auto type = weights_.W_U_rows.scalar_type();
    for (std::int64_t begin = 0; begin < final.size(0); begin += unembeddedRows) {
        progress_.check();
        const auto rows = final.narrow(0, begin, std::min(unembeddedRows, final.size(0) - begin));
        const auto logits = applyWeights(normalize(rows, weights_.ln_f), weights_.W_U_rows.t());
        // Summed over the vocabulary in float64, kept in the weights' own precision.
        parts.push_back(at::log_softmax(inDouble(logits), -1).to(logits.device(), type));
    }
    return at::cat(parts);
}

std::vector<double> EndMetric::of(const at::Tensor& final,
                                  const std::vector<std::int64_t>& pairs) const {
    const at::NoGradGuard noGrad;
    const auto index = rowIndex(pairs, final);
    at::Tensor values;
    if (metric_ == PatchMetric::LogitDiff) {
        const auto norm = inDouble(normalize(final, weights_.ln_f));
        values = (norm * direction_.index_select(0, index.to(norm.device()))).sum(-1);
    } else {
        std::vector<at::Tensor> parts;
        for (std::int64_t begin = 0; begin < final.size(0); begin += unembeddedRows) {
            const auto count = std::min(unembeddedRows, final.size(0) - begin);
            const auto logProb = logProbabilities(final.narrow(0, begin, count));
            const auto of = index.narrow(0, begin, count);
            if (metric_ == PatchMetric::Kl) {
                const auto clean = inDouble(cleanLogProbabilities_.index_select(0, of));
                parts.push_back((clean.exp() * (clean - inDouble(logProb))).sum(-1));
            } else {
                const auto logOfAnswers = inDouble(logProb.gather(1, correct_.index_select(0, of)));
                const auto ofAnswers =
                    metric_ == PatchMetric::Prob ? logOfAnswers.exp() : logOfAnswers;
                parts.push_back(
                    (ofAnswers * shares_.index_select(0, of.to(shares_.device()))).sum(-1));
            }
        }
        values = at::cat(parts);
    }
    values = values.cpu().contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

at::Tensor EndMetric::gradientToLogits(const at::Tensor& final) const {
    const auto probability = logProbabilities(final).exp();
    if (metric_ == PatchMetric::Kl)
        return probability - cleanLogProbabilities_.exp();
    auto gradient = at::zeros_like(probability);
    for (std::int64_t k = 0; k < correct_.size(1); ++k) {
        const auto answer = correct_.narrow(1, k, 1);
        auto ofAnswer = at::zeros_like(probability)
                            .scatter_(1, answer, at::ones(answer.sizes(), probability.options())) -
                        probability;
        if (metric_ == PatchMetric::Prob)
            ofAnswer = ofAnswer * probability.gather(1, answer);
        gradient.add_(ofAnswer *
                      shares_.narrow(1, k, 1).to(probability.device(), probability.scalar_type()));
    }
    return gradient;
}

at::Tensor EndMetric::gradient(const at::Tensor& final) const {
    const at::NoGradGuard noGrad;
    const auto toNorm = metric_ == PatchMetric::LogitDiff
                            ? direction_.to(final.device(), final.scalar_type())
                            : applyWeights(gradientToLogits(final), weights_.W_U_rows);
    return normalizeBackward(toNorm, final, weights_.ln_f);
}

double EndMetric::flop() const {
    return metric_ == PatchMetric::LogitDiff
               ? 0.0
               : 2.0 * weights_.config.d_model * weights_.config.d_vocab;
}

} // namespace residuum

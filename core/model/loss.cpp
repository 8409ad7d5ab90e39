#include "core/model/loss.h"

#include "core/model/doubles.h"
#include "core/model/products.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace residuum {

namespace {

/// Rows of logits at a time: large enough for efficient products, small beside the weights.
constexpr std::int64_t tileRows = 256;

/// From logits [n, V], in place, to d (sum of losses) / d logits. Returns that sum. Rows stay in
/// the processor's cache from their largest entry to their last, since there are few and long ones.
double throughSoftmax(at::Tensor& logits, const at::Tensor& labels) {
    const auto scored = labels != noLabel;
    const auto chosen = at::where(scored, labels, 0).unsqueeze(1);
    const auto ofLabel = inDouble(logits.gather(1, chosen));
    const auto [largest, place] = logits.max(-1, /*keepdim=*/true);
    at::_softmax_out(logits, logits, -1, /*half_to_float=*/false);
    // The largest share is never too small for its logarithm.
    const auto normalizer = inDouble(largest) - at::log(inDouble(logits.gather(1, place)));
    const auto sum = at::where(scored.unsqueeze(1), normalizer - ofLabel, 0.0).sum();
    logits.scatter_add_(1, chosen, at::full(chosen.sizes(), -1.0, logits.options()));
    const auto unscored = at::nonzero(at::logical_not(scored)).squeeze(1);
    logits.index_fill_(0, unscored, 0.0);
    return sum.item<double>();
}

} // namespace

CrossEntropy crossEntropy(const at::Tensor& norm, const at::Tensor& W_U_rows,
                          const at::Tensor& labels, double weight, const at::Tensor& into,
                          const Progress& progress) {
    const at::NoGradGuard noGrad;
    CrossEntropy result;
    result.scored = (labels != noLabel).sum().item<std::int64_t>();
    result.gradient = at::empty_like(norm);
    for (std::int64_t begin = 0; begin < norm.size(0); begin += tileRows) {
        progress.check();
        const auto count = std::min(tileRows, norm.size(0) - begin);
        const auto rows = norm.narrow(0, begin, count);
        auto logits = inAtLeastFloat(applyWeights(rows, W_U_rows.t()));
        result.sum += throughSoftmax(logits, labels.narrow(0, begin, count));
        const auto gradient = logits.to(norm.scalar_type());
        result.gradient.narrow(0, begin, count).copy_(applyWeights(gradient, W_U_rows));
        if (into.defined())
            addWeightGradient(into, gradient, rows, weight);
    }
    result.gradient.mul_(weight);
    return result;
}

SpreadLoss spreadLoss(const at::Tensor& resid, const at::Tensor& tokens, std::int64_t endOfText) {
    const at::NoGradGuard noGrad;
    const auto x = inAtLeastFloat(resid);
    const auto centred = x - x.mean(-1, /*keepdim=*/true);
    const auto spread = at::sqrt(centred.square().mean(-1) + 1e-5); // [B, T]
    auto ordinary = tokens != endOfText;
    ordinary.select(1, 0).fill_(false);
    const auto usual = spread.masked_select(ordinary);
    const auto target = usual.numel() > 0 ? usual.mean() : at::ones({}, spread.options());
    const auto off = spread - target;
    const auto slope =
        off * (2.0 / static_cast<double>(off.numel() * x.size(-1))) / spread; // times centred
    return {inDouble(off.square()).mean().item<double>(),
            (centred * slope.unsqueeze(-1)).to(resid.scalar_type())};
}

} // namespace residuum

#include "core/model/loss.h"

#include "core/model/doubles.h"
#include "core/model/products.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

/// Rows of logits at a time: large enough for efficient products, small beside the weights.
constexpr std::int64_t tileRows = 256;

/// From logits [n, V], in place, to d (sum of losses) / d logits, as if all rows were scored.
/// Returns the losses, 0 where not scored, in float64 [n]. Rows stay in the processor's cache from
/// their largest entry to their last, since there are few and long ones.
at::Tensor throughSoftmax(at::Tensor& logits, const at::Tensor& labels, const at::Tensor& scored) {
    const auto chosen = at::where(scored, labels, 0).unsqueeze(1);
    const auto ofLabel = inDouble(logits.gather(1, chosen));
    const auto [largest, place] = logits.max(-1, /*keepdim=*/true);
    at::_softmax_out(logits, logits, -1, /*half_to_float=*/false);
    // The largest share is never too small for its logarithm.
    const auto normalizer = inDouble(largest) - at::log(inDouble(logits.gather(1, place)));
    logits.scatter_add_(1, chosen, at::full(chosen.sizes(), -1.0, logits.options()));
    const auto losses = (normalizer - ofLabel).squeeze(1);
    return at::where(scored.to(losses.device()), losses, 0.0);
}

} // namespace

CrossEntropy crossEntropy(const at::Tensor& norm, const at::Tensor& W_U_rows,
                          const at::Tensor& labels, double weight, const at::Tensor& into,
                          const Progress& progress) {
    const at::NoGradGuard noGrad;
    CrossEntropy result;
    result.gradient = at::empty_like(norm);
    const auto scored = labels != noLabel;
    at::Tensor sums; // of losses and of large ones, where computed: one transfer for all tiles
    for (std::int64_t begin = 0; begin < norm.size(0); begin += tileRows) {
        progress.check();
        const auto count = std::min(tileRows, norm.size(0) - begin);
        const auto rows = norm.narrow(0, begin, count);
        const auto here = scored.narrow(0, begin, count);
        auto logits = inAtLeastFloat(applyWeights(rows, W_U_rows.t()));
        const auto losses = throughSoftmax(logits, labels.narrow(0, begin, count), here);
        const auto ofTile = at::stack({losses.sum(), (losses > 50.0).sum().to(at::kDouble)});
        sums = sums.defined() ? sums + ofTile : ofTile;
        const auto gradient = logits.to(norm.scalar_type());
        const auto unscored = at::logical_not(here).unsqueeze(1);
        result.gradient.narrow(0, begin, count)
            .copy_(applyWeights(gradient, W_U_rows).masked_fill_(unscored, 0.0));
        // Rows of the narrower operand are left out, not those of the logits.
        if (into.defined())
            addWeightGradient(into, gradient, rows.masked_fill(unscored, 0.0), weight);
    }
    const auto whole = doublesOnCpu(sums);
    result.sum = whole.data_ptr<double>()[0];
    result.above50Nats = static_cast<std::int64_t>(whole.data_ptr<double>()[1]);
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

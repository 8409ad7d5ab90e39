#include "analysis/neurons/token_states.h"

#include "analysis/neurons/output_vectors.h"
#include "core/model/doubles.h"
#include "core/model/norm.h"
#include "core/model/products.h"
#include "core/model/row_index.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace residuum {

namespace {

std::vector<double> toVector(const at::Tensor& t) {
    const auto values = doublesOnCpu(t).contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

/// gated() of what is centred already; its mean square as it was taken.
at::Tensor throughGate(const at::Tensor& resid, const at::Tensor& square, const NormSite& site) {
    if (const auto divisor = rowDivisor(site))
        return resid / divisorOf(square, *divisor);
    return gated(resid, site);
}

} // namespace

TokenStates tokenStates(const Weights& weights, const at::Tensor& final,
                        std::vector<std::int64_t> targets) {
    const at::NoGradGuard noGrad;
    const auto type = computed(weights);
    TokenStates states;
    states.targets = std::move(targets);
    // On the CPU: not every device has float64.
    states.resid = centre(doublesOnCpu(final), weights.ln_f.site).contiguous();
    const auto square = states.resid.square().mean(-1, /*keepdim=*/true);
    states.square = toVector(square);

    // In the weights' dtype, as the model itself computes its logits.
    const auto gain = foldedGain(weights.ln_f);
    const auto normalized =
        throughGate(states.resid, square, weights.ln_f.site).to(gain.device(), gain.scalar_type()) *
        gain;
    states.m = applyWeights(normalized, weights.W_U_rows.t()).to(type);
    const auto bias = applyWeights(weights.ln_f.bias.unsqueeze(0), weights.W_U_rows.t()).to(type);
    states.q = states.m + bias;
    const auto index = rowIndex(states.targets, states.m);
    const auto logNorm = at::logsumexp(states.q, {-1}, /*keepdim=*/true);
    states.q -= logNorm;
    states.loss = toVector(-states.q.gather(1, index.unsqueeze(1)));
    states.p = at::exp(states.q);
    const auto entropy = -(states.p * states.q).sum(-1, /*keepdim=*/true);
    states.entropy = toVector(entropy);
    states.q += entropy;
    states.m -= (states.p * states.m).sum(-1, /*keepdim=*/true);
    states.largestM = toVector(states.m.abs().amax(-1));
    return states;
}

std::int64_t tokenStateBytes(const Weights& weights) {
    // m, p, q and one temporary of a product of two.
    return 4 * std::int64_t{weights.config.d_vocab} *
           static_cast<std::int64_t>(at::elementSize(computed(weights)));
}

} // namespace residuum

#include "analysis/neurons/token_states.h"

#include "analysis/neurons/output_vectors.h"
#include "core/model/products.h"

#include <ATen/ATen.h>

#include <cmath>

namespace residuum {

namespace {

std::vector<double> toVector(const at::Tensor& t) {
    const auto values = t.to(at::kDouble).contiguous();
    return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

at::Tensor scaleOf(const NormWeights& site, const at::Tensor& centred) {
    if (site.site.removed) // sigma is in the gain
        return at::ones({centred.size(0), 1}, centred.options());
    return at::sqrt(centred.square().mean(-1, /*keepdim=*/true) + site.site.eps);
}

} // namespace

TokenStates tokenStates(const Weights& weights, const at::Tensor& final,
                        std::vector<std::int64_t> targets) {
    const at::NoGradGuard noGrad;
    const auto type = computed(weights);
    TokenStates states;
    states.targets = std::move(targets);
    const auto resid = final.cpu().to(at::kDouble); // not every device has float64
    states.centred = (resid - resid.mean(-1, /*keepdim=*/true)).contiguous();
    const auto scale = scaleOf(weights.ln_f, states.centred);
    states.scale = toVector(scale);

    // In the weights' dtype, as the model itself computes its logits.
    const auto gain = weights.ln_f.gain;
    const auto normalized = (states.centred / scale).to(gain.device(), gain.scalar_type()) * gain;
    states.m = applyWeights(normalized, weights.W_U_rows.t()).to(at::kCPU, type);
    const auto bias =
        applyWeights(weights.ln_f.bias.unsqueeze(0), weights.W_U_rows.t()).to(at::kCPU, type);
    states.q = states.m + bias;
    const auto index = at::tensor(states.targets, at::TensorOptions().dtype(at::kLong));
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

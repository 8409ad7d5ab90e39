#include "core/model/forward.h"

#include "core/model/activation.h"
#include "core/model/attention.h"
#include "core/model/norm.h"
#include "core/model/products.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>

namespace residuum {

namespace {

using enum HookPoint;

/// Hands activations of one layer to the tap.
class LayerTap {
  public:
    LayerTap(Tap* tap, int layer) : tap_(tap), layer_(layer) {}

    bool wants(HookPoint point) const { return tap_ != nullptr && tap_->wants({point, layer_}); }
    void offer(HookPoint point, const at::Tensor& value) const {
        if (wants(point))
            tap_->receive({point, layer_}, value);
    }

  private:
    Tap* tap_;
    LayerIndex layer_;
};

at::Tensor normalizeTapped(const at::Tensor& x, const NormWeights& site, const LayerTap& tap,
                           HookPoint scale, HookPoint normalized) {
    if (rowDivisor(site.site) && tap.wants(scale))
        tap.offer(scale, normScale(x, site.site));
    auto out = normalize(x, site);
    tap.offer(normalized, out);
    return out;
}

/// One product where q, k and v read the same site, two where the v site differs.
QueriesKeysValues project(const at::Tensor& resid, const BlockWeights& block, int n_heads,
                          const LayerTap& tap) {
    const auto d = resid.size(-1);
    const auto heads = [&](const at::Tensor& part) {
        return part.view({part.size(0), part.size(1), n_heads, d / n_heads});
    };
    const auto normQk = normalizeTapped(resid, block.ln1_qk, tap, Ln1Scale, Ln1Normalized);
    if (block.ln1_v.site == block.ln1_qk.site) {
        const auto qkv = applyWeights(normQk, block.W_QKV, block.b_QKV);
        return {heads(qkv.narrow(-1, 0, d)), heads(qkv.narrow(-1, d, d)),
                heads(qkv.narrow(-1, 2 * d, d))};
    }
    const auto normV = normalizeTapped(resid, block.ln1_v, tap, Ln1VScale, Ln1VNormalized);
    const auto qk =
        applyWeights(normQk, block.W_QKV.narrow(1, 0, 2 * d), block.b_QKV.narrow(0, 0, 2 * d));
    const auto v =
        applyWeights(normV, block.W_QKV.narrow(1, 2 * d, d), block.b_QKV.narrow(0, 2 * d, d));
    return {heads(qk.narrow(-1, 0, d)), heads(qk.narrow(-1, d, d)), heads(v)};
}

at::Tensor mixHeads(const QueriesKeysValues& qkv, double scale, const LayerTap& tap) {
    if (!tap.wants(AttnScores) && !tap.wants(Pattern))
        return attend(qkv, scale);
    const auto maps = attentionMaps(qkv, scale);
    tap.offer(AttnScores, maps.scores);
    tap.offer(Pattern, maps.pattern);
    return mixValues(maps.pattern, qkv.v);
}

/// [B, T, H, d]: what each head writes, before the block's bias.
at::Tensor headResults(const at::Tensor& z, const at::Tensor& W_O) {
    const auto n_heads = z.size(2), d_head = z.size(3);
    return at::einsum("bthi,hij->bthj", {z, W_O.view({n_heads, d_head, W_O.size(1)})});
}

at::Tensor attentionOut(const at::Tensor& resid, const BlockWeights& block, int n_heads,
                        const LayerTap& tap) {
    const auto qkv = project(resid, block, n_heads, tap);
    tap.offer(Q, qkv.q);
    tap.offer(K, qkv.k);
    tap.offer(V, qkv.v);
    const auto z = mixHeads(qkv, block.scoreScale, tap);
    tap.offer(Z, z);
    if (tap.wants(Result))
        tap.offer(Result, headResults(z, block.W_O));
    auto out = applyWeights(z.reshape(resid.sizes()), block.W_O, block.b_O);
    tap.offer(AttnOut, out);
    return out;
}

at::Tensor mlpOut(const at::Tensor& resid, const BlockWeights& block, Activation activation,
                  const LayerTap& tap) {
    const auto norm = normalizeTapped(resid, block.ln2, tap, Ln2Scale, Ln2Normalized);
    const auto pre = applyWeights(norm, block.W_in, block.b_in);
    tap.offer(MlpPre, pre);
    const auto post = activate(pre, activation);
    tap.offer(MlpPost, post);
    auto out = applyWeights(post, block.W_out, block.b_out);
    tap.offer(MlpOut, out);
    return out;
}

at::Tensor embed(const Weights& weights, const at::Tensor& tokens, const LayerTap& tap) {
    const auto embedded = at::embedding(weights.W_E, tokens);
    const auto positions =
        weights.W_pos.narrow(0, 0, tokens.size(1)).unsqueeze(0).expand_as(embedded);
    tap.offer(Embed, embedded);
    tap.offer(PosEmbed, positions);
    return embedded + positions;
}

at::Tensor chosenPositions(const at::Tensor& resid, const LogitPositions& positions) {
    if (!positions)
        return resid;
    const auto index = at::tensor(*positions, at::TensorOptions().dtype(at::kLong));
    return resid.index_select(1, index.to(resid.device()));
}

} // namespace

at::Tensor forward(const Weights& weights, const at::Tensor& tokens,
                   const LogitPositions& positions, Tap* tap, const Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto resid = embed(weights, tokens.to(weights.W_E.device()), LayerTap(tap, 0));
    return forwardFrom(weights, LayerIndex(0), resid, positions, tap, progress);
}

at::Tensor forwardFrom(const Weights& weights, LayerIndex first, const at::Tensor& entering,
                       const LogitPositions& positions, Tap* tap, const Progress& progress) {
    const at::NoGradGuard noGrad;
    const LayerTap outside(tap, 0);
    auto resid = entering;
    for (int layer = first.value; layer < weights.config.n_layers; ++layer) {
        const auto& block = weights.blocks[static_cast<std::size_t>(layer)];
        progress.check();
        const LayerTap tapHere(tap, layer);
        tapHere.offer(ResidPre, resid);
        resid = resid + attentionOut(resid, block, weights.config.n_heads, tapHere);
        tapHere.offer(ResidMid, resid);
        resid = resid + mlpOut(resid, block, weights.config.activation, tapHere);
        tapHere.offer(ResidPost, resid);
    }
    if (outside.wants(LnFinalScale) || outside.wants(LnFinalNormalized))
        normalizeTapped(resid, weights.ln_f, outside, LnFinalScale, LnFinalNormalized);
    progress.check();
    return applyWeights(normalize(chosenPositions(resid, positions), weights.ln_f),
                        weights.W_U_rows.t());
}

} // namespace residuum

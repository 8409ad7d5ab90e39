#include "core/model/forward.h"

#include "core/model/activation.h"
#include "core/model/attention.h"
#include "core/model/block.h"
#include "core/model/norm.h"
#include "core/model/products.h"
#include "core/model/row_index.h"
#include "core/model/weights.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

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

void offerSite(const at::Tensor& x, const NormWeights& site, const at::Tensor& out,
               const LayerTap& tap, HookPoint scale, HookPoint normalized) {
    if (rowDivisor(site.site) && tap.wants(scale))
        tap.offer(scale, normScale(x, site.site));
    tap.offer(normalized, out);
}

/// ln_1's outputs and scales, of both sites where they differ.
AttentionInput readTapped(const at::Tensor& resid, const BlockWeights& block, const LayerTap& tap) {
    auto input = normalizeForAttention(resid, block);
    offerSite(resid, block.ln1_qk, input.qk, tap, Ln1Scale, Ln1Normalized);
    if (!input.same)
        offerSite(resid, block.ln1_v, input.v, tap, Ln1VScale, Ln1VNormalized);
    return input;
}

QueriesKeysValues projectHeads(const AttentionInput& input, const BlockWeights& block,
                               int n_heads) {
    const auto thirds = projectFrom(input, block, Third::Queries);
    const auto heads = [&](const at::Tensor& part) {
        return part.view({part.size(0), part.size(1), n_heads, part.size(2) / n_heads});
    };
    return {heads(thirds[0]), heads(thirds[1]), heads(thirds[2])};
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

at::Tensor attentionTapped(const at::Tensor& resid, const BlockWeights& block, int n_heads,
                           const LayerTap& tap) {
    const auto qkv = projectHeads(readTapped(resid, block, tap), block, n_heads);
    tap.offer(Q, qkv.q);
    tap.offer(K, qkv.k);
    tap.offer(V, qkv.v);
    const auto z = mixHeads(qkv, block.scoreScale, tap);
    tap.offer(Z, z);
    if (tap.wants(Result))
        tap.offer(Result, headResults(z, block.W_O));
    auto out = attentionOut(z.reshape(resid.sizes()), block);
    tap.offer(AttnOut, out);
    return out;
}

at::Tensor mlpTapped(const at::Tensor& resid, const BlockWeights& block, Activation activation,
                     const LayerTap& tap) {
    const auto norm = normalize(resid, block.ln2);
    offerSite(resid, block.ln2, norm, tap, Ln2Scale, Ln2Normalized);
    const auto pre = mlpPre(norm, block);
    tap.offer(MlpPre, pre);
    const auto post = activate(pre, activation);
    tap.offer(MlpPost, post);
    auto out = mlpOut(post, block);
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
    return resid.index_select(1, rowIndex(*positions, resid));
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
        progress.check();
        resid = forwardBlock(weights, LayerIndex(layer), resid, tap);
    }
    if (outside.wants(LnFinalScale) || outside.wants(LnFinalNormalized))
        offerSite(resid, weights.ln_f, normalize(resid, weights.ln_f), outside, LnFinalScale,
                  LnFinalNormalized);
    progress.check();
    return applyWeights(normalize(chosenPositions(resid, positions), weights.ln_f),
                        weights.W_U_rows.t());
}

at::Tensor forwardBlock(const Weights& weights, LayerIndex layer, const at::Tensor& entering,
                        Tap* tap) {
    const at::NoGradGuard noGrad;
    const auto& block = weights.blocks[static_cast<std::size_t>(layer.value)];
    const LayerTap here(tap, layer.value);
    here.offer(ResidPre, entering);
    const auto mid = entering + attentionTapped(entering, block, weights.config.n_heads, here);
    here.offer(ResidMid, mid);
    auto resid = mid + mlpTapped(mid, block, weights.config.activation, here);
    here.offer(ResidPost, resid);
    return resid;
}

} // namespace residuum

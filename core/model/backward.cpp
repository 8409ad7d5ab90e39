#include "core/model/backward.h"

#include "core/model/activation.h"
#include "core/model/attention.h"
#include "core/model/block.h"
#include "core/model/norm.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace residuum {

namespace {

at::Tensor wide(const at::Tensor& t) { // [B, T, H, D] as [B, T, d]
    return t.reshape({t.size(0), t.size(1), t.size(2) * t.size(3)});
}

/// A site's output again, which only its reader's weights need.
at::Tensor outputFor(const BlockWeights* into, const at::Tensor& x, const NormWeights& site) {
    return into == nullptr ? at::Tensor() : normalize(x, site);
}

NormWeights* siteOf(BlockWeights* into, NormWeights BlockWeights::*site) {
    return into == nullptr ? nullptr : &(into->*site);
}

void throughMlp(LayerGradients& g, const LayerRun& run, const BlockWeights& block,
                Activation activation, const BackwardWish& wish, const Progress& progress) {
    auto* into = wish.into;
    const auto post =
        into == nullptr || run.mlpPost.defined() ? run.mlpPost : activate(run.mlpPre, activation);
    g.mlpPost = mlpOutBackward(dropped(g.residPost, wish.dropout.mlpOut()), post, block, into);
    progress.check();
    g.mlpPre = activateBackward(g.mlpPost, run.mlpPre, activation);
    g.ln2Norm = mlpPreBackward(g.mlpPre, outputFor(into, run.residMid, block.ln2), block, into);
    g.residMid = g.residPost + normalizeBackward(g.ln2Norm, run.residMid, block.ln2,
                                                 siteOf(into, &BlockWeights::ln2));
    progress.check();
}

void throughHeads(LayerGradients& g, const LayerRun& run, double scale, const BackwardWish& wish) {
    const QueriesKeysValues qkv{run.q, run.k, run.v};
    QueriesKeysValues back;
    if (wish.maps) {
        auto whole = attentionMapsBackward(g.z, qkv, scale);
        g.pattern = std::move(whole.pattern);
        g.patternGradient = std::move(whole.patternGradient);
        back = std::move(whole.qkv);
    } else {
        back = attendBackward(g.z, qkv, scale, wish.dropout.attention());
    }
    g.q = std::move(back.q);
    g.k = std::move(back.k);
    g.v = std::move(back.v);
}

void throughAttention(LayerGradients& g, const LayerRun& run, const BlockWeights& block,
                      const BackwardWish& wish, const Progress& progress) {
    auto* into = wish.into;
    const auto out = dropped(g.residMid, wish.dropout.attnOut());
    g.z = attentionOutBackward(out, wide(run.z), block, into).view(run.z.sizes());
    throughHeads(g, run, block.scoreScale, wish);
    progress.check();
    const auto input = into == nullptr
                           ? AttentionInput{{}, {}, block.ln1_v.site == block.ln1_qk.site}
                           : normalizeForAttention(run.residPre, block);
    const auto back = projectBackward({wide(g.q), wide(g.k), wide(g.v)}, input, block, into);
    g.residPre = g.residMid + normalizeBackward(back.qk, run.residPre, block.ln1_qk,
                                                siteOf(into, &BlockWeights::ln1_qk));
    if (back.v.defined())
        g.residPre.add_(normalizeBackward(back.v, run.residPre, block.ln1_v,
                                          siteOf(into, &BlockWeights::ln1_v)));
    progress.check();
}

} // namespace

LayerGradients blockBackward(const BlockWeights& block, const LayerRun& run,
                             const at::Tensor& residPost, Activation activation,
                             const BackwardWish& wish, const Progress& progress) {
    const at::NoGradGuard noGrad;
    LayerGradients g;
    g.residPost = residPost;
    throughMlp(g, run, block, activation, wish, progress);
    throughAttention(g, run, block, wish, progress);
    return g;
}

} // namespace residuum

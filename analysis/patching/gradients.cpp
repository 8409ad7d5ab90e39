#include "analysis/patching/gradients.h"

#include "core/model/activation.h"
#include "core/model/attention.h"
#include "core/model/norm.h"
#include "core/model/products.h"

#include <ATen/ATen.h>

namespace residuum {

namespace {

at::Tensor heads(const at::Tensor& t, int n_heads) {
    return t.view({t.size(0), t.size(1), n_heads, t.size(2) / n_heads});
}

at::Tensor wide(const at::Tensor& t) {
    return t.reshape({t.size(0), t.size(1), t.size(2) * t.size(3)});
}

void throughMlp(LayerGradients& g, const LayerRun& run, const BlockWeights& block,
                Activation activation, const Progress& progress) {
    g.mlpPost = applyWeights(g.residPost, block.W_out.t());
    progress.check();
    g.mlpPre = activateBackward(g.mlpPost, run.mlpPre, activation);
    g.ln2Norm = applyWeights(g.mlpPre, block.W_in.t());
    g.residMid = g.residPost + normalizeBackward(g.ln2Norm, run.residMid, block.ln2);
    progress.check();
}

void throughAttention(LayerGradients& g, const LayerRun& run, const BlockWeights& block,
                      int n_heads, const Progress& progress) {
    const auto d = run.residPre.size(-1);
    const auto swap = [](const at::Tensor& t) { return t.transpose(1, 2); }; // [B, H, T, D]
    g.z = heads(applyWeights(g.residMid, block.W_O.t()), n_heads);
    g.pattern = attentionMaps({run.q, run.k, run.v}, block.scoreScale).pattern;
    g.patternGradient = at::matmul(swap(g.z), swap(run.v).transpose(2, 3)).tril();
    g.scores =
        g.pattern * (g.patternGradient - (g.pattern * g.patternGradient).sum(-1, /*keepdim=*/true));
    g.v = swap(at::matmul(g.pattern.transpose(2, 3), swap(g.z)));
    g.q = swap(at::matmul(g.scores, swap(run.k)) * block.scoreScale);
    g.k = swap(at::matmul(g.scores.transpose(2, 3), swap(run.q)) * block.scoreScale);
    progress.check();
    const auto back = [&](const at::Tensor& gradient, std::int64_t third, std::int64_t count) {
        return applyWeights(gradient, block.W_QKV.narrow(1, third * d, count * d).t());
    };
    g.qkNorm = back(at::cat({wide(g.q), wide(g.k)}, -1), 0, 2);
    g.vNorm = back(wide(g.v), 2, 1);
    g.residPre = g.residMid + normalizeBackward(g.qkNorm, run.residPre, block.ln1_qk) +
                 normalizeBackward(g.vNorm, run.residPre, block.ln1_v);
    progress.check();
}

} // namespace

void backward(const Weights& weights, const PairRun& base, const at::Tensor& gradientAtEnd,
              const GradientVisitor& visit, const Progress& progress, std::optional<int> dropped) {
    const at::NoGradGuard noGrad;
    auto gradient = at::zeros(base.residFinal.sizes(), base.residFinal.options());
    gradient.select(1, gradient.size(1) - 1).copy_(gradientAtEnd);
    for (int layer = weights.config.n_layers - 1; layer >= 0; --layer) {
        const auto& block = weights.blocks[static_cast<std::size_t>(layer)];
        const auto& run = base.layers[static_cast<std::size_t>(layer)];
        LayerGradients g;
        g.residPost = gradient;
        throughMlp(g, run, block, weights.config.activation, progress);
        throughAttention(g, run, block, weights.config.n_heads, progress);
        if (dropped == layer)
            g.residPre = g.residMid = g.residPost;
        visit(layer, g);
        gradient = g.residPre;
    }
}

void forEachStep(const Weights& weights, const PairRuns& runs, int steps, const Progress& progress,
                 const std::function<void(const PairRun&)>& visit) {
    const at::NoGradGuard noGrad;
    const auto& base = runs.base.layers.front().residPre;
    const auto way = runs.source.layers.front().residPre - base;
    for (int step = 0; step < steps; ++step)
        visit(runFrom(weights, base + way * ((step + 0.5) / steps), progress));
}

} // namespace residuum

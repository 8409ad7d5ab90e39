#include "analysis/patching/gradients.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace residuum {

void backward(const Weights& weights, const ModelRun& base, const at::Tensor& gradientAtEnd,
              const GradientVisitor& visit, const Progress& progress, std::optional<int> dropped) {
    const at::NoGradGuard noGrad;
    auto gradient = at::zeros(base.residFinal.sizes(), base.residFinal.options());
    gradient.select(1, gradient.size(1) - 1).copy_(gradientAtEnd);
    for (int layer = weights.config.n_layers - 1; layer >= 0; --layer) {
        const auto l = static_cast<std::size_t>(layer);
        auto g = blockBackward(weights.blocks[l], base.layers[l], gradient,
                               weights.config.activation, {.maps = true}, progress);
        if (dropped == layer)
            g.residPre = g.residMid = g.residPost;
        visit(layer, g);
        gradient = g.residPre;
    }
}

void forEachStep(const Weights& weights, const PairRuns& runs, int steps, const Progress& progress,
                 const std::function<void(const ModelRun&)>& visit) {
    const at::NoGradGuard noGrad;
    const auto& base = runs.base.layers.front().residPre;
    const auto way = runs.source.layers.front().residPre - base;
    for (int step = 0; step < steps; ++step)
        visit(runFrom(weights, base + way * ((step + 0.5) / steps), Kept::All, progress));
}

} // namespace residuum

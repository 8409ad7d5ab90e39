#include "core/model/training_pass.h"

#include "core/model/backward.h"
#include "core/model/loss.h"
#include "core/model/norm.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

namespace residuum {

namespace {

/// The next token of each, [B, T]; noLabel at the end and where it is not to be scored.
at::Tensor labelsOf(const at::Tensor& tokens, const LossTerms& terms) {
    auto labels = at::full_like(tokens, noLabel);
    const auto next = tokens.narrow(1, 1, tokens.size(1) - 1);
    labels.narrow(1, 0, next.size(1)).copy_(next);
    if (terms.maskEndOfText && terms.endOfText >= 0)
        labels.masked_fill_(labels == terms.endOfText, noLabel);
    return labels;
}

/// Losses at the end of the stream; d loss / d hook_resid_post of the last block into `gradient`.
MicroBatchLosses throughLosses(Parameters& parameters, const at::Tensor& resid,
                               const at::Tensor& tokens, const LossTerms& terms,
                               at::Tensor& gradient, const Progress& progress) {
    const auto& weights = parameters.weights();
    auto& into = parameters.gradients();
    const auto labels = labelsOf(tokens, terms).flatten();
    const auto scored = (labels != noLabel).sum().item<std::int64_t>();
    if (scored == 0)
        throw Error("a micro-batch", "has no target to score: every token is followed by the end "
                                     "of a text; give longer texts or sequences");
    const auto rows = resid.flatten(0, 1);
    const auto entropy =
        crossEntropy(normalize(rows, weights.ln_f), weights.W_U_rows, labels,
                     terms.share / static_cast<double>(scored), into.W_U_rows, progress);
    gradient =
        normalizeBackward(entropy.gradient, rows, weights.ln_f, &into.ln_f).view(resid.sizes());
    MicroBatchLosses losses{entropy.sum / static_cast<double>(scored), 0.0, scored};
    if (terms.auxiliary != 0.0) {
        const auto spread = spreadLoss(resid, tokens, terms.endOfText);
        gradient.add_(spread.gradient, terms.auxiliary * terms.share);
        losses.spread = spread.mean;
    }
    return losses;
}

void throughEmbedding(WeightTensors& into, const at::Tensor& tokens, const at::Tensor& gradient) {
    into.W_E.index_add_(0, tokens.flatten(), gradient.flatten(0, 1));
    into.W_pos.narrow(0, 0, tokens.size(1)).add_(gradient.sum(0));
}

} // namespace

MicroBatchLosses addGradients(Parameters& parameters, const at::Tensor& given,
                              const LossTerms& terms, Activations activations,
                              const Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto& weights = parameters.weights();
    const auto tokens = given.to(weights.W_E.device());
    const bool again = activations == Activations::Recomputed;
    auto run = runTokens(weights, tokens, again ? Kept::Inputs : Kept::ForBackward, progress);
    at::Tensor gradient;
    const auto losses =
        throughLosses(parameters, run.residFinal, tokens, terms, gradient, progress);
    run.residFinal.reset();
    for (int layer = weights.config.n_layers - 1; layer >= 0; --layer) {
        const auto l = static_cast<std::size_t>(layer);
        auto here = std::exchange(run.layers[l], {});
        if (again)
            here = runBlock(weights, LayerIndex(layer), here.residPre, Kept::ForBackward);
        gradient = blockBackward(weights.blocks[l], here, gradient, weights.config.activation,
                                 {.into = &parameters.gradients().blocks[l]}, progress)
                       .residPre;
    }
    throughEmbedding(parameters.gradients(), tokens, gradient);
    return losses;
}

std::int64_t passBytes(const Weights& weights, std::int64_t batch, std::int64_t length,
                       Activations activations) {
    const auto& config = weights.config;
    const std::int64_t d = config.d_model, M = config.d_mlp;
    // residPre, residMid, q, k, v, z and mlp.hook_pre; beside them, in one block's backward pass,
    // about as much again for gradients and the sites' outputs.
    const auto block = 6 * d + M;
    const auto kept =
        activations == Activations::Kept ? config.n_layers * block : config.n_layers * d + block;
    const auto working = 12 * d + 3 * M;
    const auto tile = std::min<std::int64_t>(batch * length, 256) * config.d_vocab * 2;
    const auto size = static_cast<std::int64_t>(weights.W_E.element_size());
    return (batch * length * (kept + working) + tile) * size;
}

} // namespace residuum

#include "core/model/training_pass.h"

#include "core/model/activation.h"
#include "core/model/attention.h"
#include "core/model/backward.h"
#include "core/model/block.h"
#include "core/model/doubles.h"
#include "core/model/loss.h"
#include "core/model/norm.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <utility>

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

/// What `resid` spreads, of the mean over all tokens: a scalar.
at::Tensor spreadOf(const at::Tensor& resid) {
    return at::sqrt(at::var(inAtLeastFloat(resid), {-1}, /*unbiased=*/false) + 1e-5).mean();
}

/// Scalars of the sites that were passed, until they are brought over in one piece.
class Spreads {
  public:
    explicit Spreads(bool wanted) : wanted_(wanted) {}

    void add(const at::Tensor& resid) {
        if (wanted_)
            each_.push_back(spreadOf(resid));
    }
    SiteSpreads take() const {
        if (each_.empty())
            return {};
        const auto all = doublesOnCpu(at::stack(each_));
        return {all.data_ptr<double>(), all.data_ptr<double>() + all.numel()};
    }

  private:
    bool wanted_;
    std::vector<at::Tensor> each_;
};

LayerDropout dropoutOf(const Dropout& noise, std::size_t layer) {
    return {noise, static_cast<int>(layer)};
}

/// Block l's activations from its input up to mlpPre.
LayerRun throughBlock(const Weights& weights, std::size_t l, const at::Tensor& residPre,
                      const Dropout& noise) {
    const auto& block = weights.blocks[l];
    const auto dropout = dropoutOf(noise, l);
    const auto thirds = projectFrom(normalizeForAttention(residPre, block), block, Third::Queries);
    const auto heads = [&](const at::Tensor& t) {
        return t.view({t.size(0), t.size(1), weights.config.n_heads, weights.config.d_head});
    };
    LayerRun run;
    run.residPre = residPre;
    run.q = heads(thirds[0]);
    run.k = heads(thirds[1]);
    run.v = heads(thirds[2]);
    run.z = attend({run.q, run.k, run.v}, block.scoreScale, dropout.attention());
    const auto out = attentionOut(run.z.reshape(residPre.sizes()), block);
    dropOut(out, dropout.attnOut());
    run.residMid = residPre + out;
    run.mlpPre = mlpPre(normalize(run.residMid, block.ln2), block);
    return run;
}

/// hook_resid_post.
at::Tensor throughMlpOut(const Weights& weights, std::size_t l, const LayerRun& run,
                         const Dropout& noise) {
    const auto out = mlpOut(activate(run.mlpPre, weights.config.activation), weights.blocks[l]);
    dropOut(out, dropoutOf(noise, l).mlpOut());
    return run.residMid + out;
}

/// Of a block's activations in a forward pass.
enum class Left { ForBackward, Inputs, Nothing };

/// A forward pass; of each block what `left` says.
ModelRun throughBlocks(const Weights& weights, const at::Tensor& tokens, Left left,
                       const Dropout& noise, Spreads& spreads, const Progress& progress) {
    ModelRun run;
    auto resid = at::embedding(weights.W_E, tokens) + weights.W_pos.narrow(0, 0, tokens.size(1));
    dropOut(resid, embeddingDropout(noise));
    for (std::size_t l = 0; l < weights.blocks.size(); ++l) {
        progress.check();
        auto here = throughBlock(weights, l, resid, noise);
        resid = throughMlpOut(weights, l, here, noise);
        spreads.add(here.residPre);
        spreads.add(here.residMid);
        if (left == Left::Nothing)
            continue;
        auto& kept = run.layers.emplace_back();
        if (left == Left::Inputs)
            kept.residPre = here.residPre;
        else
            kept = std::move(here);
    }
    spreads.add(resid);
    run.residFinal = std::move(resid);
    return run;
}

/// Cross-entropy at the end of the stream; the gradient of ln_f's output as `weight` has it.
CrossEntropy throughHead(const Weights& weights, const at::Tensor& resid, const at::Tensor& labels,
                         double weight, const at::Tensor& into, const Progress& progress) {
    return crossEntropy(normalize(resid.flatten(0, 1), weights.ln_f), weights.W_U_rows, labels,
                        weight, into, progress);
}

MicroBatchLosses lossesOf(const CrossEntropy& entropy, std::int64_t scored,
                          const at::Tensor& resid) {
    MicroBatchLosses losses;
    losses.crossEntropy = entropy.sum / static_cast<double>(scored);
    losses.scored = scored;
    losses.above50Nats = entropy.above50Nats;
    losses.largestNorm = inAtLeastFloat(resid).norm(2, -1).max().item<double>();
    return losses;
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
    const auto entropy = throughHead(
        weights, resid, labels, terms.share / static_cast<double>(scored), into.W_U_rows, progress);
    gradient = normalizeBackward(entropy.gradient, resid.flatten(0, 1), weights.ln_f, &into.ln_f)
                   .view(resid.sizes());
    auto losses = lossesOf(entropy, scored, resid);
    if (terms.auxiliary != 0.0 || terms.spreads) {
        const auto spread = spreadLoss(resid, tokens, terms.endOfText);
        if (terms.auxiliary != 0.0)
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
    Spreads spreads(terms.spreads);
    auto run = throughBlocks(weights, tokens, again ? Left::Inputs : Left::ForBackward,
                             terms.dropout, spreads, progress);
    at::Tensor gradient;
    auto losses = throughLosses(parameters, run.residFinal, tokens, terms, gradient, progress);
    losses.spreads = spreads.take();
    run.residFinal.reset();
    for (std::size_t l = weights.blocks.size(); l-- > 0;) {
        auto here = std::exchange(run.layers[l], {});
        if (again)
            here = throughBlock(weights, l, here.residPre, terms.dropout);
        const BackwardWish wish{.into = &parameters.gradients().blocks[l],
                                .dropout = dropoutOf(terms.dropout, l)};
        gradient = blockBackward(weights.blocks[l], here, gradient, weights.config.activation, wish,
                                 progress)
                       .residPre;
    }
    throughEmbedding(parameters.gradients(), tokens,
                     dropped(gradient, embeddingDropout(terms.dropout)));
    return losses;
}

SiteSpreads siteSpreads(const Weights& weights, const at::Tensor& given, const Progress& progress) {
    const at::NoGradGuard noGrad;
    Spreads spreads(true);
    throughBlocks(weights, given.to(weights.W_E.device()), Left::Nothing, {}, spreads, progress);
    return spreads.take();
}

MicroBatchLosses evaluate(const Weights& weights, const at::Tensor& given,
                          const Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto tokens = given.to(weights.W_E.device());
    Spreads none(false);
    const auto run = throughBlocks(weights, tokens, Left::Nothing, {}, none, progress);
    const auto labels = labelsOf(tokens, {.maskEndOfText = false}).flatten();
    const auto scored = tokens.size(0) * (tokens.size(1) - 1);
    return lossesOf(throughHead(weights, run.residFinal, labels, 1.0, {}, progress), scored,
                    run.residFinal);
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

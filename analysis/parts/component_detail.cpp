#include "analysis/parts/component_detail.h"

#include "analysis/inputs/batches.h"
#include "core/model/doubles.h"
#include "core/model/forward.h"
#include "core/model/kept_hooks.h"
#include "core/model/norm.h"
#include "core/model/products.h"
#include "core/model/torch_problem.h"
#include "core/model/weights.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

using enum ComponentKind;

void requireComponent(const Model& model, const Component& component) {
    const auto& config = model.info().config;
    const bool isBlocks = component.kind != Embed && component.kind != PosEmbed;
    if ((isBlocks && (component.layer.value < 0 || component.layer.value >= config.n_layers)) ||
        (component.kind == Head &&
         (component.head.value < 0 || component.head.value >= config.n_heads)))
        throw Error(label(component), "is no component of " + model.info().name);
}

std::vector<Hook> hooksOf(const Component& component, int n_layers) {
    const auto layer = component.layer;
    std::vector<Hook> hooks{{HookPoint::ResidPost, LayerIndex(n_layers - 1)}};
    switch (component.kind) {
    case Embed:
        hooks.push_back({HookPoint::Embed, {}});
        break;
    case PosEmbed:
        hooks.push_back({HookPoint::PosEmbed, {}});
        break;
    case Head:
        hooks.push_back({HookPoint::Pattern, layer});
        hooks.push_back({HookPoint::V, layer});
        break;
    case Mlp:
        hooks.push_back({HookPoint::MlpPost, layer});
        break;
    case AttnBias:
    case MlpBias:
        break;
    }
    return hooks;
}

std::vector<double> listOf(const at::Tensor& t) {
    const auto dense = doublesOnCpu(t).contiguous();
    return {dense.data_ptr<double>(), dense.data_ptr<double>() + dense.numel()};
}

/// The places of the `count` largest of `values`, or with `smallest` of the smallest.
std::vector<std::int64_t> extremes(const at::Tensor& values, bool smallest = false) {
    const auto count = std::min<std::int64_t>(ComponentDetail::mostShares, values.size(0));
    const auto places = std::get<1>(at::topk(values, count, 0, !smallest)).cpu().contiguous();
    return {places.data_ptr<std::int64_t>(), places.data_ptr<std::int64_t>() + count};
}

/// One call's work, after the pass.
class Detail {
  public:
    /// unembedded: [d] float64, the direction in W_U whose logit is attributed.
    Detail(const Weights& weights, const KeptHooks& kept, std::int64_t position,
           const Component& component, const at::Tensor& unembedded)
        : weights_(weights), kept_(kept), position_(position), component_(component) {
        const auto& site = weights.ln_f;
        const Hook last{HookPoint::ResidPost, LayerIndex(weights.config.n_layers - 1)};
        through_ = inDouble(foldedGain(site)) * gate(inDouble(rowOf(last)), site.site);
        direction_ = centre(unembedded * through_, site.site);
    }

    ComponentDetail made() {
        const auto output = outputOf();
        detail_.dla = (output * direction_).sum().item<double>();
        addTokens(output);
        return std::move(detail_);
    }

  private:
    const BlockWeights& block() const {
        return weights_.blocks[static_cast<std::size_t>(component_.layer.value)];
    }
    /// A hook's value at the position.
    at::Tensor rowOf(const Hook& hook) const {
        return kept_.of(hook).select(0, 0).select(0, position_);
    }

    /// What the component adds to the residual stream there, [d] float64.
    at::Tensor outputOf() {
        const auto& derived = weights_.derived.get(weights_);
        const auto layer = static_cast<std::size_t>(component_.layer.value);
        switch (component_.kind) {
        case Embed:
            return inDouble(rowOf({HookPoint::Embed, {}}));
        case PosEmbed:
            return inDouble(rowOf({HookPoint::PosEmbed, {}}));
        case AttnBias:
            return derived.attnBias[layer];
        case MlpBias:
            return inDouble(block().b_out);
        case Head:
            return addSources(derived.valueBias[layer]);
        case Mlp:
            return addNeurons();
        }
        return {};
    }

    at::Tensor addSources(const at::Tensor& valueBias) {
        const auto head = std::int64_t{component_.head.value};
        const auto d_head = std::int64_t{weights_.config.d_head};
        const auto pattern =
            kept_.of({HookPoint::Pattern, component_.layer}).select(0, 0).select(0, head);
        const auto values =
            inDouble(kept_.of({HookPoint::V, component_.layer}).select(0, 0).select(1, head));
        const auto all = values - valueBias.narrow(0, head * d_head, d_head); // [T, D]
        const auto own = all.narrow(0, 0, position_ + 1);
        const auto alpha = inDouble(pattern.select(0, position_).narrow(0, 0, position_ + 1));
        const auto W_O = inDouble(block().W_O.narrow(0, head * d_head, d_head));
        detail_.attention = listOf(alpha);
        detail_.bySource = listOf(alpha * at::mv(own, at::mv(W_O, direction_)));
        detail_.pattern = toTable(doublesOnCpu(pattern));
        detail_.valueNorms = listOf(at::mm(all, W_O).norm(2, {-1}));
        return at::mv(W_O.t(), at::mv(own.t(), alpha));
    }

    at::Tensor addNeurons() {
        const auto post = inDouble(rowOf({HookPoint::MlpPost, component_.layer}));
        const auto W_out = inDouble(block().W_out);
        const auto shares = post * at::mv(W_out, direction_);
        for (const auto place : extremes(shares.abs()))
            detail_.neurons.push_back({NeuronIndex(place), shares[place].item<double>()});
        return at::mv(W_out.t(), post);
    }

    void addTokens(const at::Tensor& output) {
        const auto seen = (centre(output, weights_.ln_f.site) * through_).unsqueeze(0);
        const auto& W_U = weights_.W_U_rows;
        auto logits =
            inDouble(applyWeights(seen.to(W_U.device(), W_U.scalar_type()), W_U.t())).squeeze(0);
        logits = logits - logits.mean();
        for (const bool smallest : {false, true})
            for (const auto place : extremes(logits, smallest))
                (smallest ? detail_.suppressed : detail_.promoted)
                    .push_back({TokenId(place), logits[place].item<double>()});
    }

    const Weights& weights_;
    const KeptHooks& kept_;
    std::int64_t position_;
    Component component_;
    at::Tensor through_;   ///< [d] float64: what the final site multiplies with after centring
    at::Tensor direction_; ///< [d] float64: u
    ComponentDetail detail_;
};

void requireTokens(const AttributedLogit& attributed, int d_vocab) {
    for (const auto& token : {attributed.target, attributed.versus})
        if (token && (token->value < 0 || token->value >= d_vocab))
            throw Error("#" + std::to_string(token->value),
                        "is outside the vocabulary of " + std::to_string(d_vocab) + " tokens");
}

ComponentDetail detailOf(const Model& model, const TokenInput& input,
                         const AttributedLogit& attributed, PositionIndex position,
                         const Component& component, const Progress& progress) {
    const at::NoGradGuard noGrad;
    const auto& weights = model.weights();
    requireTokens(attributed, weights.config.d_vocab);
    KeptHooks tap(hooksOf(component, weights.config.n_layers));
    const LogitPositions here = std::vector<std::int64_t>{position.value};
    const auto logits =
        forward(weights, equalLengthBatches(input, {}).front().tokens, here, &tap, progress);
    const auto target = attributed.target.value_or(TokenId(logits.argmax().item<std::int64_t>()));
    const auto& W_U = weights.W_U_rows;
    const auto baseline = attributed.versus ? inDouble(W_U.select(0, attributed.versus->value))
                                            : weights.derived.get(weights).unembedMean;
    auto detail = Detail(weights, tap, position.value, component,
                         inDouble(W_U.select(0, target.value)) - baseline)
                      .made();
    detail.target = target;
    return detail;
}

} // namespace

ComponentDetail componentDetail(const Model& model, const TokenInput& input,
                                const AttributedLogit& attributed, PositionIndex position,
                                const Component& component, const Progress& progress) {
    const TokenInput first{{input.sequences.at(0)}};
    requireValid(first, model.info().config);
    requireComponent(model, component);
    resolvePosition(position.value, static_cast<int>(first.sequences[0].tokens.size()), 0);
    try {
        auto detail = detailOf(model, first, attributed, position, component, progress);
        model.requireUnchanged();
        return detail;
    } catch (const c10::Error& error) {
        throw Error(model.info().name, torchProblem(error));
    }
}

} // namespace residuum

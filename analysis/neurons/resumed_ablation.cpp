#include "analysis/neurons/resumed_ablation.h"

#include "core/model/doubles.h"
#include "core/model/kept_hooks.h"
#include "core/model/norm.h"
#include "core/model/products.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace residuum {

namespace {

/// What the set's ablation adds to the layer's hook_resid_post, [B, T, d].
at::Tensor addedBy(const Weights& weights, LayerIndex layer, const ScoredBatch& batch,
                   const AblatedSet& set, const std::vector<double>& ablatedTo) {
    std::vector<double> to;
    for (const auto neuron : set)
        to.push_back(ablatedTo[static_cast<std::size_t>(neuron.value)]);
    const auto there = neuronRows(set).to(batch.post.device());
    const auto change = at::tensor(to, at::TensorOptions().dtype(at::kDouble)) -
                        doublesOnCpu(batch.post.index_select(-1, there));
    const auto& W_out = weights.blocks[static_cast<std::size_t>(layer.value)].W_out;
    return applyWeights(change.to(W_out.device(), W_out.scalar_type()),
                        W_out.index_select(0, there));
}

/// What the set's ablation changes the final residual by at the scored tokens, as ln_f sees it:
/// [R, d] float64.
at::Tensor movedBy(const Weights& weights, LayerIndex layer, const ScoredBatch& batch,
                   const AblatedSet& set, const std::vector<double>& ablatedTo,
                   const Progress& progress) {
    const auto added = addedBy(weights, layer, batch, set, ablatedTo);
    const LayerIndex last(weights.config.n_layers - 1);
    auto change = added;
    if (layer != last) {
        const Hook final{HookPoint::ResidPost, last};
        KeptHooks kept({final});
        forwardFrom(weights, LayerIndex(layer.value + 1), batch.resid + added,
                    std::vector<std::int64_t>{}, &kept, progress);
        change = kept.of(final) - batch.final;
    }
    return centre(doublesOnCpu(batch.scored(change)), weights.ln_f.site);
}

/// ln_f's gain and W_U: [R, d] float64 to [R, V].
at::Tensor toLogits(const Weights& weights, const at::Tensor& moved) {
    const auto gain = foldedGain(weights.ln_f);
    const auto rows = moved.to(gain.device(), gain.scalar_type()) * gain;
    return applyWeights(rows, weights.W_U_rows.t()).to(computed(weights)).contiguous();
}

/// moved: [R, d] float64. Effects into column `column`.
void addEffects(const Weights& weights, const TokenStates& states, const at::Tensor& moved,
                const RowDivisor& divisor, Eigen::Index column, EffectBlock& into,
                const Progress& progress) {
    const auto dots = (states.resid * moved).sum(-1);
    const auto squares = moved.square().sum(-1);
    std::vector<FinalShifts> shifts;
    for (std::int64_t r = 0; r < states.count(); ++r)
        shifts.push_back(
            finalShifts(divisor, weights.config.d_model, states.square[static_cast<std::size_t>(r)],
                        dots.data_ptr<double>()[r], squares.data_ptr<double>()[r], 1.0));
    shiftOwnDirections(states, toLogits(weights, moved), shifts, column, into, progress);
}

/// The same of a gate per feature, where the total effect and the frozen one move the logits along
/// directions of their own.
void addEffects(const Weights& weights, const TokenStates& states, const at::Tensor& moved,
                Eigen::Index column, EffectBlock& into, const Progress& progress) {
    const auto& site = weights.ln_f.site;
    const auto total = gated(states.resid + moved, site) - gated(states.resid, site);
    const auto frozen = gate(states.resid, site) * moved;
    const Shift once{0.0, 1.0};
    const std::vector<FinalShifts> shifts(static_cast<std::size_t>(states.count()), {once, once});
    EffectBlock ofFrozen;
    ofFrozen.fill(Table::Zero(states.count(), 1));
    shiftOwnDirections(states, toLogits(weights, total), shifts, column, into, progress);
    shiftOwnDirections(states, toLogits(weights, frozen), shifts, 0, ofFrozen, progress);
    for (const auto effect : {Effect::FrozenLoss, Effect::FrozenEntropy}) {
        const auto e = static_cast<std::size_t>(effect);
        into[e].col(column) = ofFrozen[e].col(0);
    }
}

} // namespace

EffectBlock resumedEffects(const Weights& weights, LayerIndex layer, const ScoredBatch& batch,
                           const std::vector<AblatedSet>& sets,
                           const std::vector<double>& ablatedTo, std::int64_t rowsAtOnce,
                           const Progress& progress, const std::function<void()>& done) {
    const at::NoGradGuard noGrad;
    const auto rows = static_cast<std::int64_t>(batch.rows.size());
    EffectBlock effects;
    effects.fill(Table::Zero(rows, static_cast<Eigen::Index>(sets.size())));
    const auto before = batch.scored(batch.final);
    const auto divisor = rowDivisor(weights.ln_f.site);
    // The logits before are made again for every few sets, so that only a few are held.
    constexpr std::size_t setsAtOnce = 16;
    for (std::size_t first = 0; first < sets.size(); first += setsAtOnce) {
        const auto end = std::min(first + setsAtOnce, sets.size());
        std::vector<at::Tensor> moved; // per set [R, d]
        for (auto i = first; i < end; ++i)
            moved.push_back(movedBy(weights, layer, batch, sets[i], ablatedTo, progress));
        for (std::int64_t from = 0; from < rows; from += rowsAtOnce) {
            const auto count = std::min(rowsAtOnce, rows - from);
            const auto states =
                tokenStates(weights, before.narrow(0, from, count),
                            {batch.targets.begin() + from, batch.targets.begin() + from + count});
            EffectBlock part;
            part.fill(Table::Zero(count, static_cast<Eigen::Index>(end - first)));
            for (auto i = first; i < end; ++i) {
                progress.check();
                const auto here = moved[i - first].narrow(0, from, count);
                const auto column = static_cast<Eigen::Index>(i - first);
                if (divisor)
                    addEffects(weights, states, here, *divisor, column, part, progress);
                else
                    addEffects(weights, states, here, column, part, progress);
            }
            for (std::size_t e = 0; e < effectCount; ++e)
                effects[e].block(from, static_cast<Eigen::Index>(first), count,
                                 static_cast<Eigen::Index>(end - first)) = part[e];
        }
        for (auto i = first; i < end; ++i)
            done();
    }
    return effects;
}

} // namespace residuum

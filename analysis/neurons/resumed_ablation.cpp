#include "analysis/neurons/resumed_ablation.h"

#include "core/model/kept_hooks.h"
#include "core/model/products.h"

#include <ATen/ATen.h>

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
    // In float64 on the CPU: not every device has it.
    const auto change = at::tensor(to, at::TensorOptions().dtype(at::kDouble)) -
                        batch.post.index_select(-1, there).cpu().to(at::kDouble);
    const auto& W_out = weights.blocks[static_cast<std::size_t>(layer.value)].W_out;
    return applyWeights(change.to(W_out.device(), W_out.scalar_type()),
                        W_out.index_select(0, there));
}

/// ln_f's gain and W_U: [R, d] float64 to [R, V].
at::Tensor toLogits(const Weights& weights, const at::Tensor& moved) {
    const auto& gain = weights.ln_f.gain;
    const auto rows = moved.to(gain.device(), gain.scalar_type()) * gain;
    return applyWeights(rows, weights.W_U_rows.t()).to(at::kCPU, computed(weights)).contiguous();
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
    // The logits before are made again for every few sets, so that only a few are held.
    constexpr std::size_t setsAtOnce = 16;
    for (std::size_t first = 0; first < sets.size(); first += setsAtOnce) {
        const auto end = std::min(first + setsAtOnce, sets.size());
        std::vector<at::Tensor> moved; // per set [R, d] float64, centred
        for (auto i = first; i < end; ++i) {
            const Hook final{HookPoint::ResidPost, LayerIndex(weights.config.n_layers - 1)};
            KeptHooks kept({final});
            forwardFrom(weights, LayerIndex(layer.value + 1),
                        batch.resid + addedBy(weights, layer, batch, sets[i], ablatedTo),
                        std::vector<std::int64_t>{}, &kept, progress);
            const auto change = (batch.scored(kept.of(final)) - before).cpu().to(at::kDouble);
            moved.push_back(change - change.mean(-1, /*keepdim=*/true));
        }
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
                const auto dots = (states.centred * here).sum(-1);
                const auto squares = here.square().sum(-1);
                std::vector<FinalShifts> shifts;
                for (std::int64_t r = 0; r < count; ++r)
                    shifts.push_back(finalShifts(weights.ln_f, weights.config.d_model,
                                                 states.scale[static_cast<std::size_t>(r)],
                                                 dots.data_ptr<double>()[r],
                                                 squares.data_ptr<double>()[r], 1.0));
                shiftOwnDirections(states, toLogits(weights, here), shifts,
                                   static_cast<Eigen::Index>(i - first), part);
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

// Exact effects of ablating neurons of any layer: the passes resumed after that layer.
//
// Shapes: B = batch, T = pos, R = scored tokens of the batch, M = d_mlp.
#pragma once

#include "analysis/neurons/last_layer_ablation.h"
#include "analysis/neurons/scored_batches.h"

#include <functional>
#include <vector>

namespace residuum {

/// Effects of every set at the batch's scored tokens, [R, sets]. ablatedTo: [M] what a neuron's
/// activation is replaced by. Sites are recomputed everywhere; "frozen" holds
/// ln_f's gate alone.
/// `rowsAtOnce`: tokens whose logits are held together. `done` is called after each set.
EffectBlock resumedEffects(const Weights& weights, LayerIndex layer, const ScoredBatch& batch,
                           const std::vector<AblatedSet>& sets,
                           const std::vector<double>& ablatedTo, std::int64_t rowsAtOnce,
                           const Progress& progress, const std::function<void()>& done);

} // namespace residuum

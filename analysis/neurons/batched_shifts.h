// Exact ablation in batched operations of LibTorch, on any device: used where the weights are not
// on the CPU, elsewhere the twin of ablation_kernel.h's loops in tests. Below the seam.
//
// Shapes: R = tokens of a block, C = directions of each token, V = d_vocab.
#pragma once

#include "analysis/neurons/ablation_kernel.h"
#include "analysis/neurons/ablation_tallies.h"
#include "analysis/neurons/token_states.h"
#include "core/task/progress.h"

#include <vector>

namespace residuum {

/// Columns [firstColumn, firstColumn + C) of `into` [R, …]: what moving each token's logits does.
/// D: [1, C, V], or [R, 1, V] where each token has a direction of its own; of the states' type and
/// device. shifts: [R · C], around the mean (Shift::plus). Works on tiles of at most R pairs of
/// token and direction, three numbers of the states' type at once for each of their logits. Polls
/// `progress` per tile.
void batchedEffects(const TokenStates& states, const at::Tensor& D,
                    const std::vector<FinalShifts>& shifts, Eigen::Index firstColumn,
                    EffectBlock& into, const Progress& progress);

} // namespace residuum

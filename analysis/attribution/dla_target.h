// Which token's logit is attributed at each row, and what the plain forward pass says of it.
//
// Shapes: R = rows, V = d_vocab, d = d_model.
#pragma once

#include "analysis/attribution/component_effects.h"
#include "analysis/attribution/dla_result.h"
#include "analysis/inputs/token_input.h"

#include <vector>

namespace residuum {

/// Throws Error where the request cannot be met at some row (no following token for
/// TargetRule::Next, a token outside the vocabulary, target and versus the same).
void requireTargets(const TokenInput& input, const std::vector<AttributionRow>& rows,
                    const DlaRequest& request, int d_vocab);

/// Fills target, its probability and rank, logit, logitMean and predictions of `rows` from `logits`
/// [R, V].
void readLogits(std::vector<AttributionRow>& rows, const TokenInput& input,
                const DlaRequest& request, const at::Tensor& logits);

/// The direction for the rows' targets; also fills their unembedBias.
TargetDirection targetDirection(std::vector<AttributionRow>& rows, const DlaRequest& request,
                                const Weights& weights);

} // namespace residuum

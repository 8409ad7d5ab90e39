// One forward and backward pass of a micro-batch: losses, and every weight's gradient added up.
//
// Shapes: B = batch, T = pos.
#pragma once

#include "core/model/parameters.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace residuum {

/// The loss of a micro-batch (SCIENCE §6): mean cross-entropy over the scored targets plus
/// `auxiliary` times the spread loss at ln_f's input.
struct LossTerms {
    double auxiliary = 0.0;
    std::int64_t endOfText = -1; ///< token id; -1: there is none
    bool maskEndOfText = true;   ///< it is no target
    double share = 1.0;          ///< of this micro-batch in the gradient
};

struct MicroBatchLosses {
    double crossEntropy = 0.0; ///< mean over the scored targets, nats
    double spread = 0.0;       ///< the auxiliary loss, without its weight
    std::int64_t scored = 0;
};

/// Whether a block's activations are kept for the backward pass or made again there: a third more
/// products, and memory for one block alone.
enum class Activations { Kept, Recomputed };

/// tokens: [B, T] int64, every id below d_vocab, 2 ≤ T ≤ n_ctx; a token's target is the next one.
/// Adds d (share · loss) / d weight to every gradient of `parameters`; none is left out. Polls
/// `progress` between products. Throws Cancelled (gradients are then partly added), Error where no
/// target is scored.
MicroBatchLosses addGradients(Parameters& parameters, const at::Tensor& tokens,
                              const LossTerms& terms, Activations activations,
                              const Progress& progress);

/// Bytes of what a pass keeps at its widest, beside values and gradients.
std::int64_t passBytes(const Weights& weights, std::int64_t batch, std::int64_t length,
                       Activations activations);

} // namespace residuum

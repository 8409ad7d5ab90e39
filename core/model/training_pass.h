// One forward and backward pass of a micro-batch: losses, and every weight's gradient added up.
//
// Shapes: B = batch, T = pos.
#pragma once

#include "core/model/dropout.h"
#include "core/model/parameters.h"
#include "core/task/progress.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace residuum {

/// The loss of a micro-batch (SCIENCE §6): mean cross-entropy over the scored targets plus
/// `auxiliary` times the spread loss at ln_f's input.
struct LossTerms {
    double auxiliary = 0.0;
    std::int64_t endOfText = -1; ///< token id; -1: there is none
    bool maskEndOfText = true;   ///< it is no target
    double share = 1.0;          ///< of this micro-batch in the gradient
    Dropout dropout{};           ///< of the forward and the backward pass
    bool spreads = false;        ///< whether the pass tells them, and the spread loss
};

/// At every site's input in the order of the model (h.0.ln_1, h.0.ln_2, …, ln_f): the mean over
/// batch and pos of sqrt(var + 1e-5), biased variance over d_model.
using SiteSpreads = std::vector<double>;

struct MicroBatchLosses {
    double crossEntropy = 0.0; ///< mean over the scored targets, nats
    double spread = 0.0;       ///< the auxiliary loss, without its weight
    std::int64_t scored = 0;
    SiteSpreads spreads{};        ///< where asked for
    double largestNorm = 0.0;     ///< over tokens, of ln_f's input
    std::int64_t above50Nats = 0; ///< scored tokens with a cross-entropy above 50
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

/// A forward pass alone, without dropout.
SiteSpreads siteSpreads(const Weights& weights, const at::Tensor& tokens, const Progress& progress);
/// Likewise: cross-entropy over every target of `tokens`, the end of a text among them.
MicroBatchLosses evaluate(const Weights& weights, const at::Tensor& tokens,
                          const Progress& progress);

/// Bytes of what a pass keeps at its widest, beside values and gradients.
std::int64_t passBytes(const Weights& weights, std::int64_t batch, std::int64_t length,
                       Activations activations);

} // namespace residuum

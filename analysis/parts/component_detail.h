// What one component does at one position, part by part: a head by the positions that it reads, an
// MLP by its neurons, all by the tokens that they promote and suppress.
//
// Shapes: T = tokens of the sequence.
#pragma once

#include "analysis/inputs/token_input.h"
#include "analysis/question/component.h"
#include "analysis/tensor/eigen_adaptor.h"
#include "core/model/model.h"
#include "core/task/progress.h"

#include <optional>
#include <vector>

namespace residuum {

/// What is attributed: a token's logit above the mean over the vocabulary, or above another's.
struct AttributedLogit {
    std::optional<TokenId> target; ///< empty: the model's own top prediction
    std::optional<TokenId> versus;
};

struct NeuronShare {
    NeuronIndex neuron;
    double logits = 0.0; ///< its part of the MLP's DLA
};

struct TokenShare {
    TokenId token;
    double logits = 0.0; ///< above the mean over the vocabulary
};

/// With u the attributed direction seen through the final site, its gate frozen at the whole
/// residual: DLA(c) = c · u for every kind of normalisation.
struct ComponentDetail {
    TokenId target;
    double dla = 0.0; ///< c · u, logits

    /// Of heads, by source position j up to the position itself: the attention α_j, and
    /// α_j (v_j W_O) · u in logits, which add up to `dla`. v_j is without its bias: attention
    /// weights sum to one, so that the bias is a constant that no head owns (it is in the layer's
    /// attn_bias), and no position either.
    std::vector<double> attention, bySource;
    Table pattern; ///< of heads, [query, key] of the whole sequence, [T, T]; 0 above the diagonal
    std::vector<double> valueNorms; ///< of heads, by source position, T: ‖v_j W_O‖

    std::vector<NeuronShare> neurons; ///< of MLPs, the largest first, at most `mostShares`
    /// The largest and the smallest of (c through the frozen site) · W_U, at most `mostShares`.
    std::vector<TokenShare> promoted, suppressed;

    static constexpr int mostShares = 5;
};

/// Of the only sequence of `input`, at `position`. Throws Error (a component, position or token
/// that is not there) and Cancelled.
ComponentDetail componentDetail(const Model& model, const TokenInput& input,
                                const AttributedLogit& attributed, PositionIndex position,
                                const Component& component, const Progress& progress);

} // namespace residuum

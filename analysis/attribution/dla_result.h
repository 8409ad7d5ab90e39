// Direct logit attribution of one model: what each component writes towards the target's logit,
// with LN frozen and with LN recomputed. Plain data, immutable once made.
//
// Shapes: component = allComponents(n_layers, n_heads); row = one (sample, position) asked for.
#pragma once

#include "analysis/attribution/dla_request.h"
#include "analysis/question/component.h"
#include "analysis/tensor/eigen_adaptor.h"
#include "core/model/model_info.h"

#include <array>
#include <limits>
#include <optional>
#include <vector>

namespace residuum {

struct Prediction {
    TokenId token;
    double probability = 0.0; ///< softmax over the whole vocabulary
    double logit = 0.0;       ///< as Hugging Face returns it
};

/// One (sample, position) whose logit is attributed.
struct AttributionRow {
    int sample = 0;
    PositionIndex position;
    TokenId target;
    std::optional<TokenId> versus{}; ///< the prompt's own, with TargetRule::Correct
    /// The attributed quantity, from the plain unfolded forward pass: logit[target] minus the
    /// position's mean logit where the unembedding is centred, or logit[target] - logit[versus].
    double logit = 0.0;
    /// Of the target over the whole vocabulary, by softmax; NaN in files of older versions.
    double targetProbability = std::numeric_limits<double>::quiet_NaN();
    /// 1: the model's top prediction; 1 + tokens with a larger logit. 0 in files of older versions.
    int targetRank = 0;
    double logitMean = 0.0;   ///< the position's mean logit (subtracted above if centred)
    double unembedBias = 0.0; ///< b_U of the same quantity: the part no component owns
    /// Σ_c DLA(c) + unembedBias - logit: the check shown with every result.
    double completenessError = 0.0;
    std::vector<Prediction> predictions; ///< best first; as many as were asked for
};

/// Normalised mean absolute error of DLA against the direct effect with LN recomputed, in percent,
/// over heads and rows (SCIENCE §2). NaN where every direct effect is zero.
struct Nmae {
    double heads = 0.0;
    std::optional<std::array<double, 2>> ci95; ///< bootstrap over heads and rows
    Table perHead;                             ///< [layer, head]
    bool known = true;                         ///< false while the result is still to grow
};

struct DlaResult {
    ModelInfo model;
    DlaRequest request;
    std::vector<Component> components;
    std::vector<AttributionRow> rows;
    Table dla;                ///< [component, row], LN frozen, in logits
    Table directEffect;       ///< [component, row], LN recomputed, in logits
    Table dlaNeuron;          ///< [layer·d_mlp + neuron, row]; empty unless asked for
    Table directEffectNeuron; ///< [layer·d_mlp + neuron, row]; empty unless asked for
    Nmae nmae;
};

} // namespace residuum

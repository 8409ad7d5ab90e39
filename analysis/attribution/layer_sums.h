// What the parts of the residual stream add up to, layer after layer.
#pragma once

#include "analysis/attribution/dla_result.h"

#include <optional>
#include <vector>

namespace residuum {

/// [1 + n_layers]: of the embeddings, then after each layer: the sum over them and all heads, MLPs
/// and biases up to and including the layer, plus b_U, the part that no component owns. In logits.
struct LayerSums {
    /// The gate is the final site's, frozen at the whole residual, for every layer: a logit lens
    /// with that gate, which ends at the logit (or the logit difference) exactly.
    std::vector<double> dla;
    /// The single components' direct effects, summed. Where the final site is recomputed these do
    /// not add up to the logit; how far off the end is shows what the frozen gate hides.
    std::vector<double> directEffect;
};

/// `row`: below the number of rows; empty: the mean over all.
LayerSums layerSums(const DlaResult& result, std::optional<int> row);

} // namespace residuum

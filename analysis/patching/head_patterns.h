// What one head attends to in the two runs of a pair.
#pragma once

#include "analysis/inputs/prompt_pair.h"
#include "analysis/tensor/eigen_adaptor.h"
#include "core/model/model.h"
#include "core/task/progress.h"

namespace residuum {

/// hook_pattern of one head, [query position, key position]; 0 above the diagonal.
struct HeadPatterns {
    Table clean, corrupt;
};

/// Of the first pair. Throws Error (a head that the model does not have, sequences that
/// `requireValid` refuses) and Cancelled.
HeadPatterns headPatterns(const Model& model, const PairTokens& pairs, LayerIndex layer,
                          HeadIndex head, const Progress& progress);

} // namespace residuum

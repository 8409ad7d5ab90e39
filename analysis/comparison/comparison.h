// Models side by side on the same tokens: each one's own numbers and the distances between them, in
// one pass over the input.
#pragma once

#include "analysis/comparison/comparison_result.h"
#include "analysis/inputs/token_input.h"
#include "analysis/question/job.h"
#include "core/model/model.h"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace residuum {

/// What is wanted of models, by their places.
struct Comparison {
    std::vector<std::shared_ptr<const Model>> models;
    std::vector<bool> own;                                  ///< whose own numbers
    std::vector<std::pair<std::size_t, std::size_t>> pairs; ///< which distances
};

struct Compared {
    std::vector<std::shared_ptr<ComparisonResult>> own; ///< null where none is wanted
    std::vector<std::shared_ptr<Divergence>> pairs;
};

/// One forward pass of every model that something is wanted of per batch; logits exist for some
/// rows at a time, of all models at once, within `memory` bytes beyond the weights and the results.
/// Numbers are rounded as files hold them. Throws Error (no sequence of two tokens, vocabularies
/// that differ, numbers that are not finite: named with layer and position), Cancelled.
Compared compareModels(const Comparison& wanted, const TokenInput& input,
                       const ComparisonRequest& request, Progress& progress,
                       std::int64_t memory = usualMemory);

/// Bytes that a comparison of so many models like this one takes at least beside weights and
/// results: for one sequence of `longest` tokens.
std::int64_t leastComparisonBytes(const ModelConfig& config, const ComparisonRequest& request,
                                  std::int64_t longest, std::int64_t elementSize);

} // namespace residuum

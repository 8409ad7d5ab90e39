// Which tokens stand out: where models are furthest apart, what precedes losses that are beyond
// reason. Torch-free.
//
// Shapes: token = every token of the input, sample-major.
#pragma once

#include "analysis/comparison/comparison_result.h"

#include <cstddef>
#include <string>
#include <vector>

namespace residuum {

/// A scored token: the next one is predicted at it.
struct TokenPlace {
    std::size_t token = 0; ///< [token]
    int sample = 0, position = 0;

    friend bool operator==(const TokenPlace&, const TokenPlace&) = default;
};

/// The scored tokens with the largest of some values, largest first, `count` at most; NaNs are left
/// out. values: [token].
std::vector<TokenPlace> largestScored(const std::vector<double>& values,
                                      const std::vector<int>& lengths, std::size_t count);

/// The text of a place and of some tokens before it: "…·book to" with `before` 1.
std::string contextText(const ComparisonResult& result, const TokenPlace& place, int before);

/// A token behind which the next one's loss is above `highLoss`.
struct BeforeHighLoss {
    int token = 0;       ///< its id
    double high = 0.0;   ///< so often
    double scored = 0.0; ///< of the times that it is scored

    friend bool operator==(const BeforeHighLoss&, const BeforeHighLoss&) = default;
};

/// The most frequent first, then by id.
std::vector<BeforeHighLoss> beforeHighLosses(const ComparisonResult& result);

} // namespace residuum

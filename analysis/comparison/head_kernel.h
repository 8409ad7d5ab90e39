// What a query attends to, in one sweep over its pattern. Torch-free; sums in float64.
#pragma once

#include <cstdint>

namespace residuum {

struct QueryNumbers {
    double entropy = 0.0;  ///< nats; 0 log 0 = 0
    double distance = 0.0; ///< positions back, in the mean
};

/// Number: float or double. pattern: what query count - 1 gives to keys 0 … count - 1. The fastest
/// that this processor can run.
template <class Number>
struct HeadKernel {
    QueryNumbers (*numbers)(const Number* pattern, std::int64_t count);
};
template <class Number>
HeadKernel<Number> headKernel();

} // namespace residuum

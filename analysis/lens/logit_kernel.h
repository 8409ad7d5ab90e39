// The inner loops over a stretch of one row's logits, while it lies in the processor's cache.
// Torch-free.
#pragma once

#include <cstdint>

namespace residuum {

/// With m the largest logit of a stretch: Σ e^(x-m) and Σ e^(x-m) (x-m). No finite number where a
/// logit is none.
struct LogitSums {
    double largest = 0.0, sum = 0.0, weighted = 0.0;
};

/// How many logits lie above `high`, and how many from `low` to `high`.
struct LogitCounts {
    std::int64_t above = 0, between = 0;
};

template <class Number>
struct LogitKernel {
    LogitSums (*sums)(const Number* logits, std::int64_t count); ///< count ≥ 1
    /// Those between go to `between`, with room for all; count ≤ 2³¹.
    LogitCounts (*counts)(const Number* logits, std::int64_t count, Number low, Number high,
                          Number* between);
};

/// The fastest that this processor can run. Number: float or double. Sums are in the number's type,
/// a register's lanes apart: a few dozen terms each for a stretch of a thousand logits.
template <class Number>
LogitKernel<Number> logitKernel();

} // namespace residuum

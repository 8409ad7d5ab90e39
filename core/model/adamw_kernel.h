// The optimiser's loops: once over the memory. Torch-free.
#pragma once

#include <cstdint>

namespace residuum {

/// A piece of a parameter with its moments.
template <class Number>
struct AdamWPiece {
    Number *value = nullptr, *gradient = nullptr, *first = nullptr, *second = nullptr;
    std::int64_t count = 0;
    Number scale = 1;            ///< of the gradient
    Number keep = 1;             ///< of the value: 1 - rate · decay
    Number beta1 = 0, beta2 = 0; ///< of the moments
    Number stride = 0;           ///< rate / (1 - beta1^t)
    Number root = 1;             ///< 1 / sqrt(1 - beta2^t)
    Number eps = 0;
};

template <class Number>
struct AdamWKernels {
    /// Updates values and moments; the gradient becomes 0.
    void (*update)(const AdamWPiece<Number>&) = nullptr;
    double (*sumOfSquares)(const Number* numbers, std::int64_t count) = nullptr;
};

/// The fastest that this processor can run. Number: float or double.
template <class Number>
AdamWKernels<Number> adamwKernels();

} // namespace residuum

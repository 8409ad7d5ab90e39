// What one token adds to what is told of the residual stream, in two sweeps over its features while
// they lie in the processor's cache. Torch-free.
#pragma once

#include <cstdint>

namespace residuum {

struct TokenSums {
    double squares = 0.0; ///< Σ x²
    double product = 0.0; ///< Σ x before
};

/// What is added to, [count] each.
struct TokenTargets {
    double* sum = nullptr;            ///< += x
    double* centredSquares = nullptr; ///< += (x - mean x)²
    double* sizes = nullptr;          ///< = |x|
};

/// x, before: [count]; `before` may be x. The fastest that this processor can run.
struct StreamKernel {
    double (*squares)(const double* x, std::int64_t count); ///< Σ x²
    TokenSums (*add)(const double* x, const double* before, std::int64_t count,
                     const TokenTargets& to);
};
StreamKernel streamKernel();

} // namespace residuum

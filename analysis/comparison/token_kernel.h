// A row of logits: what a model says of the next token, and how far two models are apart. Torch-
// free; sums in float64.
#pragma once

#include <cstdint>

namespace residuum {

struct RowNumbers {
    double logNorm = 0.0; ///< log Σ e^logit; not finite where a logit is not
    double entropy = 0.0;
    double largest = 0.0;   ///< logit
    std::int64_t token = 0; ///< the first that has it
};

struct RowDistance {
    double kl = 0.0, klReverse = 0.0, jsd = 0.0; ///< KL(a‖b), KL(b‖a)
};

/// Number: float or double; `count` logits. The fastest that this processor can run.
template <class Number>
struct TokenKernel {
    RowNumbers (*numbers)(const Number* logits, std::int64_t count);
    /// Of rows whose logNorms are known. The same row twice: exactly 0.
    RowDistance (*distance)(const Number* a, double logNormA, const Number* b, double logNormB,
                            std::int64_t count);
};
template <class Number>
TokenKernel<Number> tokenKernel();

} // namespace residuum

#include "analysis/comparison/token_kernel.h"

#include "core/model/exponential.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace residuum {

namespace {

template <class Number>
RESIDUUM_INLINE RowNumbers numbersOf(const Number* x, std::int64_t count) {
    Number most = x[0];
#pragma omp simd reduction(max : most)
    for (std::int64_t i = 0; i < count; ++i)
        most = x[i] > most ? x[i] : most;
    const auto largest = static_cast<double>(most);
    double z = 0.0, sum = 0.0;
#pragma omp simd reduction(+ : z, sum)
    for (std::int64_t i = 0; i < count; ++i) {
        const double below = static_cast<double>(x[i]) - largest;
        const double e = exponential(below);
        z += e;
        sum += e * below;
    }
    return {largest + std::log(z), std::max(0.0, std::log(z) - sum / z), largest,
            std::find(x, x + count, most) - x};
}

/// With d = log q - log p: p / mean = 2 / (1 + e^d), so that one logarithm of (1 + e^-|d|) / 2
/// serves both halves, and nothing is left of equal rows.
template <class Number>
RESIDUUM_INLINE RowDistance distanceOf(const Number* a, double logNormA, const Number* b,
                                       double logNormB, std::int64_t count) {
    double kl = 0.0, klReverse = 0.0, jsd = 0.0;
#pragma omp simd reduction(+ : kl, klReverse, jsd)
    for (std::int64_t i = 0; i < count; ++i) {
        const double logP = static_cast<double>(a[i]) - logNormA;
        const double logQ = static_cast<double>(b[i]) - logNormB;
        const double d = logQ - logP;
        const double apart = d < 0.0 ? -d : d;
        const double larger = exponential(d < 0.0 ? logP : logQ);
        const double lost = expMinus1(apart > 700.0 ? -700.0 : -apart);
        const double smaller = larger + larger * lost;
        const double p = d < 0.0 ? larger : smaller, q = d < 0.0 ? smaller : larger;
        const double half = logOnePlusHalf(0.5 * lost);
        kl -= p * d;
        klReverse += q * d;
        jsd -= p * (half + (d < 0.0 ? 0.0 : d)) + q * (half + (d < 0.0 ? -d : 0.0));
    }
    return {std::max(0.0, kl), std::max(0.0, klReverse),
            std::clamp(0.5 * jsd, 0.0, std::numbers::ln2)};
}

} // namespace

template <class Number>
TokenKernel<Number> tokenKernel() {
    return compiled<TokenKernel<Number>, numbersOf<Number>, distanceOf<Number>>();
}

template TokenKernel<float> tokenKernel<float>();
template TokenKernel<double> tokenKernel<double>();

} // namespace residuum

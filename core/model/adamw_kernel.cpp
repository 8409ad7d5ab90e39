#include "core/model/adamw_kernel.h"

#include "core/model/instruction_sets.h"

#include <cmath>

namespace residuum {

namespace {

/// A root without errno, so that compilers turn it into vectors.
template <class Number>
RESIDUUM_INLINE Number root(Number x) {
    if constexpr (sizeof(Number) == sizeof(float))
        return __builtin_sqrtf(x);
    else
        return __builtin_sqrt(x);
}

template <class Number>
RESIDUUM_INLINE void updatePiece(const AdamWPiece<Number>& a) {
    auto* __restrict value = a.value;
    auto* __restrict gradient = a.gradient;
    auto* __restrict first = a.first;
    auto* __restrict second = a.second;
    for (std::int64_t i = 0; i < a.count; ++i) {
        const Number g = gradient[i] * a.scale;
        const Number m = a.beta1 * first[i] + (1 - a.beta1) * g;
        const Number v = a.beta2 * second[i] + (1 - a.beta2) * g * g;
        value[i] = value[i] * a.keep - a.stride * m / (root(v) * a.root + a.eps);
        first[i] = m;
        second[i] = v;
        gradient[i] = 0;
    }
}

template <class Number>
RESIDUUM_INLINE double squares(const Number* numbers, std::int64_t count) {
    constexpr std::int64_t lanes = 16;
    double sums[lanes] = {};
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (std::int64_t l = 0; l < lanes; ++l) {
            const double x = numbers[i + l];
            sums[l] += x * x;
        }
    double sum = 0.0;
    for (; i < count; ++i)
        sum += static_cast<double>(numbers[i]) * static_cast<double>(numbers[i]);
    for (const double each : sums)
        sum += each;
    return sum;
}

} // namespace

template <class Number>
AdamWKernels<Number> adamwKernels() {
    return compiled<AdamWKernels<Number>, updatePiece<Number>, squares<Number>>();
}

template AdamWKernels<float> adamwKernels<float>();
template AdamWKernels<double> adamwKernels<double>();

} // namespace residuum

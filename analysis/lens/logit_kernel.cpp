#include "analysis/lens/logit_kernel.h"

#include "core/model/exponential.h"

#include <algorithm>

namespace residuum {

namespace {

/// Below the largest logit by more than this a logit counts as this far below it: e^-80 is nothing
/// beside 1, and so is e^-700 in float64.
template <class Number>
constexpr Number farthest = sizeof(Number) == 4 ? Number(80) : Number(700);

template <class Number>
RESIDUUM_INLINE LogitSums sumsOf(const Number* x, std::int64_t count) {
    Number largest = x[0];
#pragma omp simd reduction(max : largest)
    for (std::int64_t i = 0; i < count; ++i)
        largest = x[i] > largest ? x[i] : largest;
    Number sum = 0, weighted = 0;
#pragma omp simd reduction(+ : sum, weighted)
    for (std::int64_t i = 0; i < count; ++i) {
        const Number off = x[i] - largest;
        const Number below = off < -farthest<Number> ? -farthest<Number> : off; // NaN stays
        const Number e = exponential(below);
        sum += e;
        weighted += e * below;
    }
    return {static_cast<double>(largest), static_cast<double>(sum), static_cast<double>(weighted)};
}

/// A stretch in which so many logits are looked at one by one where any lies between.
constexpr std::int64_t nearAtOnce = 64;

template <class Number>
RESIDUUM_INLINE LogitCounts countsOf(const Number* x, std::int64_t count, Number low, Number high,
                                     Number* between) {
    LogitCounts counts;
    for (std::int64_t first = 0; first < count; first += nearAtOnce) {
        const auto last = std::min(count, first + nearAtOnce);
        std::int32_t above = 0, from = 0;
        for (auto i = first; i < last; ++i) {
            above += x[i] > high ? 1 : 0;
            from += x[i] >= low ? 1 : 0;
        }
        counts.above += above;
        for (auto i = first; i < last && from > above; ++i)
            if (x[i] >= low && !(x[i] > high))
                between[counts.between++] = x[i];
    }
    return counts;
}

} // namespace

template <class Number>
LogitKernel<Number> logitKernel() {
    return compiled<LogitKernel<Number>, sumsOf<Number>, countsOf<Number>>();
}

template LogitKernel<float> logitKernel<float>();
template LogitKernel<double> logitKernel<double>();

} // namespace residuum

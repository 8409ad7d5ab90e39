#include "analysis/comparison/head_kernel.h"

#include "core/model/exponential.h"

namespace residuum {

namespace {

template <class Number>
RESIDUUM_INLINE QueryNumbers numbersOf(const Number* pattern, std::int64_t count) {
    double entropy = 0.0, back = 0.0;
#pragma omp simd reduction(+ : entropy, back)
    for (std::int64_t k = 0; k < count; ++k) {
        const auto p = static_cast<double>(pattern[k]);
        entropy -= p * logarithm(p < leastOfLogarithm ? leastOfLogarithm : p);
        back += p * static_cast<double>(static_cast<std::int32_t>(count - 1 - k));
    }
    return {entropy, back};
}

} // namespace

template <class Number>
HeadKernel<Number> headKernel() {
    return compiled<HeadKernel<Number>, numbersOf<Number>>();
}

template HeadKernel<float> headKernel<float>();
template HeadKernel<double> headKernel<double>();

} // namespace residuum

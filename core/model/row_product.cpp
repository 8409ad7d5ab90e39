#include "core/model/row_product.h"

#include <algorithm>

// See attention_kernel.cpp.
#if defined(__x86_64__) && defined(__GNUC__)
#define RESIDUUM_X86 1
#endif
#define RESIDUUM_INLINE inline __attribute__((always_inline))

namespace residuum {

namespace {

/// out += the rows of W from `i` on, `Rows` of them, each times its x.
template <int Rows, class Number>
RESIDUUM_INLINE void addRows(const RowProduct<Number>& p, std::int64_t i) {
    const Number* W = p.W + i * p.stride;
    const Number* x = p.x + i;
    Number* out = p.out;
#pragma omp simd
    for (std::int64_t c = 0; c < p.outputs; ++c) {
        Number sum = 0;
#pragma GCC unroll 8
        for (int r = 0; r < Rows; ++r)
            sum += x[r] * W[r * p.stride + c];
        out[c] += sum;
    }
}

template <class Number>
RESIDUUM_INLINE void byOutputs(const RowProduct<Number>& p) {
    if (p.bias != nullptr)
        std::copy(p.bias, p.bias + p.outputs, p.out);
    else
        std::fill(p.out, p.out + p.outputs, Number(0));
    std::int64_t i = 0;
    for (; i + 8 <= p.inputs; i += 8)
        addRows<8>(p, i);
    for (; i < p.inputs; ++i)
        addRows<1>(p, i);
}

/// Dot products of x with two rows of W at once.
template <class Number>
RESIDUUM_INLINE void byInputs(const RowProduct<Number>& p) {
    const auto biasOf = [&](std::int64_t c) { return p.bias == nullptr ? Number(0) : p.bias[c]; };
    for (std::int64_t c = 0; c < p.outputs; c += 2) {
        const auto next = std::min(c + 1, p.outputs - 1);
        const Number *first = p.W + c * p.stride, *second = p.W + next * p.stride;
        const Number* x = p.x;
        Number sum = 0, other = 0;
#pragma omp simd reduction(+ : sum, other)
        for (std::int64_t i = 0; i < p.inputs; ++i) {
            sum += x[i] * first[i];
            other += x[i] * second[i];
        }
        p.out[next] = other + biasOf(next);
        p.out[c] = sum + biasOf(c);
    }
}

template <class Number>
void byOutputsPlain(const RowProduct<Number>& p) {
    byOutputs(p);
}
template <class Number>
void byInputsPlain(const RowProduct<Number>& p) {
    byInputs(p);
}

#ifdef RESIDUUM_X86
template <class Number>
__attribute__((target("avx2,fma"))) void byOutputsAvx2(const RowProduct<Number>& p) {
    byOutputs(p);
}
template <class Number>
__attribute__((target("avx2,fma"))) void byInputsAvx2(const RowProduct<Number>& p) {
    byInputs(p);
}
template <class Number>
__attribute__((target("avx512f,avx2,fma"))) void byOutputsAvx512(const RowProduct<Number>& p) {
    byOutputs(p);
}
template <class Number>
__attribute__((target("avx512f,avx2,fma"))) void byInputsAvx512(const RowProduct<Number>& p) {
    byInputs(p);
}
#endif

} // namespace

template <class Number>
RowKernel<Number> rowKernel(RowLayout layout) {
    const bool outputs = layout == RowLayout::Outputs;
#ifdef RESIDUUM_X86
    if (__builtin_cpu_supports("avx512f"))
        return outputs ? byOutputsAvx512<Number> : byInputsAvx512<Number>;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return outputs ? byOutputsAvx2<Number> : byInputsAvx2<Number>;
#endif
    return outputs ? byOutputsPlain<Number> : byInputsPlain<Number>;
}

template RowKernel<float> rowKernel<float>(RowLayout);
template RowKernel<double> rowKernel<double>(RowLayout);

} // namespace residuum

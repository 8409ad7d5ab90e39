#include "core/model/row_product.h"

#include "core/model/instruction_sets.h"

#include <algorithm>

namespace residuum {

namespace {

/// out += the rows of W from `i` on, `Rows` of them, each times its x.
template <int Rows, int Bytes, class Number>
RESIDUUM_INLINE void addRows(const RowProduct<Number>& p, std::int64_t i) {
    using Reg = Register<Number, Bytes>;
    const Number* W = p.W + i * p.stride;
    const Number* x = p.x + i;
    std::int64_t c = 0;
    for (; c + Reg::lanes <= p.outputs; c += Reg::lanes) {
        typename Reg::Lanes sum{};
#pragma GCC unroll 8
        for (int r = 0; r < Rows; ++r) {
            // The processor foresees one stream well, not eight: ask for the next eight rows.
            __builtin_prefetch(W + (r + Rows) * p.stride + c, 0, 2);
            sum += x[r] * Reg::at(W + r * p.stride + c);
        }
        Reg::at(p.out + c) += sum;
    }
    for (; c < p.outputs; ++c) {
        Number sum = 0;
        for (int r = 0; r < Rows; ++r)
            sum += x[r] * W[r * p.stride + c];
        p.out[c] += sum;
    }
}

template <int Bytes, class Number>
RESIDUUM_INLINE void byOutputs(const RowProduct<Number>& p) {
    if (p.bias != nullptr)
        std::copy(p.bias, p.bias + p.outputs, p.out);
    else
        std::fill(p.out, p.out + p.outputs, Number(0));
    std::int64_t i = 0;
    for (; i + 8 <= p.inputs; i += 8)
        addRows<8, Bytes>(p, i);
    for (; i < p.inputs; ++i)
        addRows<1, Bytes>(p, i);
}

/// One row of W after the other: read in one stream they come two to five times faster than two
/// at once (measured).
template <int Bytes, class Number>
RESIDUUM_INLINE void byInputs(const RowProduct<Number>& p) {
    for (std::int64_t c = 0; c < p.outputs; ++c)
        p.out[c] = dot<Bytes>(p.x, p.W + c * p.stride, p.inputs) +
                   (p.bias == nullptr ? Number(0) : p.bias[c]);
}

template <class Number>
void byOutputsPlain(const RowProduct<Number>& p) {
    byOutputs<plainBytes>(p);
}
template <class Number>
RESIDUUM_AVX2 void byOutputsAvx2(const RowProduct<Number>& p) {
    byOutputs<avx2Bytes>(p);
}
template <class Number>
RESIDUUM_AVX512 void byOutputsAvx512(const RowProduct<Number>& p) {
    byOutputs<avx512Bytes>(p);
}

template <class Number>
void byInputsPlain(const RowProduct<Number>& p) {
    byInputs<plainBytes>(p);
}
template <class Number>
RESIDUUM_AVX2 void byInputsAvx2(const RowProduct<Number>& p) {
    byInputs<avx2Bytes>(p);
}
template <class Number>
RESIDUUM_AVX512 void byInputsAvx512(const RowProduct<Number>& p) {
    byInputs<avx512Bytes>(p);
}

} // namespace

template <class Number>
RowKernel<Number> rowKernel(RowLayout layout) {
    using Kernel = RowKernel<Number>;
    return layout == RowLayout::Outputs
               ? fastest<Kernel>(byOutputsPlain, byOutputsAvx2, byOutputsAvx512)
               : fastest<Kernel>(byInputsPlain, byInputsAvx2, byInputsAvx512);
}

template RowKernel<float> rowKernel<float>(RowLayout);
template RowKernel<double> rowKernel<double>(RowLayout);

} // namespace residuum

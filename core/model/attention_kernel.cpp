#include "core/model/attention_kernel.h"

#include "core/model/instruction_sets.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

template <int Bytes, class Number>
RESIDUUM_INLINE void addScaled(Number* out, Number weight, const Number* x, std::int64_t n) {
    using Reg = Register<Number, Bytes>;
    std::int64_t i = 0;
    for (; i + Reg::lanes <= n; i += Reg::lanes)
        Reg::at(out + i) += weight * Reg::at(x + i);
    for (; i < n; ++i)
        out[i] += weight * x[i];
}

template <int Bytes, class Number>
RESIDUUM_INLINE void attend(const HeadAttention<Number>& a) {
    const auto rowAt = [&](const HeadRows<Number>& base, const HeadRows<Number>& tail,
                           std::int64_t key) {
        return key >= a.first && key < a.first + a.count ? tail.at(key - a.first) : base.at(key);
    };
    for (std::int64_t i = 0; i < a.queryCount; ++i) {
        const auto keys = a.queryFirst + i + 1;
        const auto* query = a.queries.at(i);
        Number largest = -INFINITY;
        for (std::int64_t key = 0; key < keys; ++key) {
            a.scores[key] = a.scale * dot<Bytes>(query, rowAt(a.baseK, a.tailK, key), a.d_head);
            largest = std::max(largest, a.scores[key]);
        }
        Number sum = 0;
        for (std::int64_t key = 0; key < keys; ++key) {
            a.scores[key] = std::exp(a.scores[key] - largest);
            sum += a.scores[key];
        }
        auto* out = a.z.at(i);
        std::fill(out, out + a.d_head, Number(0));
        for (std::int64_t key = 0; key < keys; ++key)
            addScaled<Bytes>(out, a.scores[key] / sum, rowAt(a.baseV, a.tailV, key), a.d_head);
    }
}

template <class Number>
void attendPlain(const HeadAttention<Number>& a) {
    attend<plainBytes>(a);
}
template <class Number>
RESIDUUM_AVX2 void attendAvx2(const HeadAttention<Number>& a) {
    attend<avx2Bytes>(a);
}
template <class Number>
RESIDUUM_AVX512 void attendAvx512(const HeadAttention<Number>& a) {
    attend<avx512Bytes>(a);
}

} // namespace

template <class Number>
AttentionKernel<Number> attentionKernel() {
    return fastest<AttentionKernel<Number>>(attendPlain, attendAvx2, attendAvx512);
}

template AttentionKernel<float> attentionKernel<float>();
template AttentionKernel<double> attentionKernel<double>();

} // namespace residuum

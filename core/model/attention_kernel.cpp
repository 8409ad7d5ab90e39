#include "core/model/attention_kernel.h"

#include <algorithm>
#include <cmath>

// The same source for several instruction sets, chosen at run time. Not target_clones: its
// resolvers run before the sanitizers are ready.
#if defined(__x86_64__) && defined(__GNUC__)
#define RESIDUUM_X86 1
#endif
#define RESIDUUM_INLINE inline __attribute__((always_inline))

namespace residuum {

namespace {

template <class Number>
RESIDUUM_INLINE Number dot(const Number* a, const Number* b, std::int64_t n) {
    Number sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < n; ++i)
        sum += a[i] * b[i];
    return sum;
}

template <class Number>
RESIDUUM_INLINE void addScaled(Number* out, Number weight, const Number* x, std::int64_t n) {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i)
        out[i] += weight * x[i];
}

template <class Number>
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
            a.scores[key] = a.scale * dot(query, rowAt(a.baseK, a.tailK, key), a.d_head);
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
            addScaled(out, a.scores[key] / sum, rowAt(a.baseV, a.tailV, key), a.d_head);
    }
}

template <class Number>
void attendPlain(const HeadAttention<Number>& a) {
    attend(a);
}

#ifdef RESIDUUM_X86
template <class Number>
__attribute__((target("avx2,fma"))) void attendAvx2(const HeadAttention<Number>& a) {
    attend(a);
}
template <class Number>
__attribute__((target("avx512f,avx2,fma"))) void attendAvx512(const HeadAttention<Number>& a) {
    attend(a);
}
#endif

} // namespace

template <class Number>
AttentionKernel<Number> attentionKernel() {
#ifdef RESIDUUM_X86
    if (__builtin_cpu_supports("avx512f"))
        return attendAvx512<Number>;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return attendAvx2<Number>;
#endif
    return attendPlain<Number>;
}

template AttentionKernel<float> attentionKernel<float>();
template AttentionKernel<double> attentionKernel<double>();

} // namespace residuum

// One source for several instruction sets, chosen at run time, and numbers by the register. Not
// target_clones: its resolvers run before the sanitizers are ready. Torch-free.
//
// A kernel is one or more always inlined functions (RESIDUUM_INLINE), of which `compiled` takes
// those of the instruction set to use; where they are functions of the bytes of a register, three
// functions call it, one per instruction set, and `fastest` takes the one to use.
#pragma once

#include <cstdint>
#include <cstring>

#define RESIDUUM_INLINE inline __attribute__((always_inline))
#if defined(__x86_64__) && defined(__GNUC__)
#define RESIDUUM_AVX2 __attribute__((target("avx2,fma")))
#define RESIDUUM_AVX512 __attribute__((target("avx512f,avx512dq,avx2,fma,prefer-vector-width=512")))
#else
#define RESIDUUM_AVX2
#define RESIDUUM_AVX512
#endif

namespace residuum {

/// Bytes of a register of each instruction set.
inline constexpr int plainBytes = 16, avx2Bytes = 32, avx512Bytes = 64;

/// The one of three like functions that this processor runs best.
template <class Kernel>
Kernel fastest(Kernel plain, [[maybe_unused]] Kernel avx2, [[maybe_unused]] Kernel avx512) {
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        return avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return avx2;
#endif
    return plain;
}

/// The same source for each instruction set. `body`: always inlined.
template <auto body>
struct Compiled;
template <class Result, class... Arguments, Result (*body)(Arguments...)>
struct Compiled<body> {
    static Result plain(Arguments... arguments) { return body(arguments...); }
    RESIDUUM_AVX2 static Result avx2(Arguments... arguments) { return body(arguments...); }
    RESIDUUM_AVX512 static Result avx512(Arguments... arguments) { return body(arguments...); }
};

/// A kernel of these functions, as this processor runs them best.
template <class Kernel, auto... bodies>
Kernel compiled() {
    return fastest<Kernel>({Compiled<bodies>::plain...}, {Compiled<bodies>::avx2...},
                           {Compiled<bodies>::avx512...});
}

/// As many numbers as a register of `Bytes` holds, read from wherever they lie.
template <class Number, int Bytes>
struct Register {
    typedef Number Lanes __attribute__((vector_size(Bytes), aligned(alignof(Number)), may_alias));
    static constexpr std::int64_t lanes = Bytes / static_cast<int>(sizeof(Number));

    static RESIDUUM_INLINE Lanes& at(Number* numbers) { return *reinterpret_cast<Lanes*>(numbers); }
    static RESIDUUM_INLINE const Lanes& at(const Number* numbers) {
        return *reinterpret_cast<const Lanes*>(numbers);
    }
    /// The sum of the lanes, by halves.
    static RESIDUUM_INLINE Number sum(const Lanes& all) {
        if constexpr (lanes == 2) {
            return all[0] + all[1];
        } else {
            using Half = Register<Number, Bytes / 2>;
            typename Half::Lanes low, high;
            std::memcpy(&low, &all, sizeof low);
            std::memcpy(&high, reinterpret_cast<const char*>(&all) + sizeof low, sizeof high);
            return Half::sum(low + high);
        }
    }
};

/// a · b, both [count]. In two sums, so that one need not wait for the other. Written out: a
/// reduction by `omp simd` stays a chain of single numbers where it is inlined into a kernel.
template <int Bytes, class Number>
RESIDUUM_INLINE Number dot(const Number* a, const Number* b, std::int64_t count) {
    using Reg = Register<Number, Bytes>;
    typename Reg::Lanes even{}, odd{};
    std::int64_t i = 0;
    for (; i + 2 * Reg::lanes <= count; i += 2 * Reg::lanes) {
        even += Reg::at(a + i) * Reg::at(b + i);
        odd += Reg::at(a + i + Reg::lanes) * Reg::at(b + i + Reg::lanes);
    }
    Number sum = Reg::sum(even + odd);
    for (; i < count; ++i)
        sum += a[i] * b[i];
    return sum;
}

} // namespace residuum

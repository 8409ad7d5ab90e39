// Exponentials and logarithms that compilers turn into vectors. Torch-free; for kernels whose loops
// are `omp simd`.
#pragma once

#include "core/model/instruction_sets.h"

#include <bit>
#include <cstdint>

namespace residuum {

/// e^x = power · (1 + series), power = 2^k.
template <class Number>
struct SplitExponential {
    Number power, series;
};

/// For |x| ≤ 87, to a few units in the last place of `series`. x = k log 2 + r; the series of
/// e^r - 1 is cut where its rest is below the type's resolution at |r| = log(2) / 2.
RESIDUUM_INLINE SplitExponential<float> splitExponential(float x) {
    constexpr float toInteger = 12582912.0F; // 1.5 · 2^23: its low bits hold the rounded number
    const float shifted = x * 1.44269504F + toInteger;
    const float k = shifted - toInteger;
    const float r = (x - k * 0.693359375F) - k * -2.12194440e-4F;
    float rest = 1.0F / 5040.0F;
    rest = rest * r + 1.0F / 720.0F;
    rest = rest * r + 1.0F / 120.0F;
    rest = rest * r + 1.0F / 24.0F;
    rest = rest * r + 1.0F / 6.0F;
    rest = rest * r + 0.5F;
    return {std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U),
            rest * r * r + r};
}

/// The same for |x| ≤ 700.
RESIDUUM_INLINE SplitExponential<double> splitExponential(double x) {
    constexpr double toInteger = 6755399441055744.0; // 1.5 · 2^52
    const double shifted = x * 1.4426950408889634 + toInteger;
    const double k = shifted - toInteger;
    const double r = (x - k * 0.693145751953125) - k * 1.42860682030941723212e-6;
    double rest = 1.0 / 6227020800.0;
    rest = rest * r + 1.0 / 479001600.0;
    rest = rest * r + 1.0 / 39916800.0;
    rest = rest * r + 1.0 / 3628800.0;
    rest = rest * r + 1.0 / 362880.0;
    rest = rest * r + 1.0 / 40320.0;
    rest = rest * r + 1.0 / 5040.0;
    rest = rest * r + 1.0 / 720.0;
    rest = rest * r + 1.0 / 120.0;
    rest = rest * r + 1.0 / 24.0;
    rest = rest * r + 1.0 / 6.0;
    rest = rest * r + 0.5;
    return {std::bit_cast<double>((std::bit_cast<std::uint64_t>(shifted) + 1023U) << 52U),
            rest * r * r + r};
}

/// e^x - 1, also near 0.
template <class Number>
RESIDUUM_INLINE Number expMinus1(Number x) {
    const auto split = splitExponential(x);
    return split.power * split.series + (split.power - Number(1));
}

/// e^x, of numbers of any size whose exponential is at most 1; NaN stays NaN.
template <class Number>
RESIDUUM_INLINE Number exponential(Number x) {
    constexpr Number least = sizeof(Number) == 4 ? Number(-87) : Number(-700);
    const auto split = splitExponential(x < least ? least : x);
    return split.power * split.series + split.power;
}

/// log(1 + u) for u from -1/2 to 0, also near 0: twice the series of the inverse hyperbolic tangent
/// of u / (2 + u), which is at most 1/3.
RESIDUUM_INLINE double logOnePlusHalf(double u) {
    const double z = u / (2.0 + u), square = z * z;
    double rest = 1.0 / 33.0;
    rest = rest * square + 1.0 / 31.0;
    rest = rest * square + 1.0 / 29.0;
    rest = rest * square + 1.0 / 27.0;
    rest = rest * square + 1.0 / 25.0;
    rest = rest * square + 1.0 / 23.0;
    rest = rest * square + 1.0 / 21.0;
    rest = rest * square + 1.0 / 19.0;
    rest = rest * square + 1.0 / 17.0;
    rest = rest * square + 1.0 / 15.0;
    rest = rest * square + 1.0 / 13.0;
    rest = rest * square + 1.0 / 11.0;
    rest = rest * square + 1.0 / 9.0;
    rest = rest * square + 1.0 / 7.0;
    rest = rest * square + 1.0 / 5.0;
    rest = rest * square + 1.0 / 3.0;
    return 2.0 * z * (rest * square + 1.0);
}

/// Smaller numbers have no such logarithm.
inline constexpr double leastOfLogarithm = 1e-300;

/// log x for finite x from 1e-300: x = 2^k m with m around 1, and twice the series of the inverse
/// hyperbolic tangent of (m - 1) / (m + 1), which is at most 0.172.
RESIDUUM_INLINE double logarithm(double x) {
    const auto bits = std::bit_cast<std::uint64_t>(x);
    const double half = std::bit_cast<double>((bits & 0x000FFFFFFFFFFFFFU) | 0x3FF0000000000000U);
    const double exponent =
        std::bit_cast<double>((bits >> 52U) | 0x4330000000000000U) - 4503599627371519.0;
    const bool isLarge = half > 1.4142135623730951;
    const double m = isLarge ? 0.5 * half : half;
    const double k = isLarge ? exponent + 1.0 : exponent;
    const double z = (m - 1.0) / (m + 1.0), square = z * z;
    double rest = 1.0 / 19.0;
    rest = rest * square + 1.0 / 17.0;
    rest = rest * square + 1.0 / 15.0;
    rest = rest * square + 1.0 / 13.0;
    rest = rest * square + 1.0 / 11.0;
    rest = rest * square + 1.0 / 9.0;
    rest = rest * square + 1.0 / 7.0;
    rest = rest * square + 1.0 / 5.0;
    rest = rest * square + 1.0 / 3.0;
    return k * 0.69314718055994530942 + 2.0 * z * (rest * square + 1.0);
}

} // namespace residuum

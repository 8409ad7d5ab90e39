#include "analysis/neurons/ablation_kernel.h"

#include "core/model/exponential.h"
#include "core/model/instruction_sets.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

template <class Number>
RESIDUUM_INLINE void addStretch(const ShiftedStretch<Number>& s, const Shift& total,
                                const Shift& frozen, ShiftSums& totalSums, ShiftSums& frozenSums) {
    const auto onM = static_cast<Number>(total.onM);
    const auto onD = static_cast<Number>(total.onD);
    const auto plus = static_cast<Number>(total.plus);
    const auto frozenOnD = static_cast<Number>(frozen.onD);
    const auto frozenPlus = static_cast<Number>(frozen.plus);
    const Number *m = s.m, *p = s.p, *q = s.q, *D = s.D;
    Number z = 0, a = 0, b = 0, zFrozen = 0, aFrozen = 0, bFrozen = 0;
#pragma omp simd reduction(+ : z, a, b, zFrozen, aFrozen, bFrozen)
    for (std::int64_t i = 0; i < s.count; ++i) {
        const Number shift = onM * m[i] + (onD * D[i] + plus);
        const Number gained = p[i] * expMinus1(shift);
        z += gained;
        a += gained * q[i];
        b += (gained + p[i]) * shift;
        const Number shiftFrozen = frozenOnD * D[i] + frozenPlus;
        const Number gainedFrozen = p[i] * expMinus1(shiftFrozen);
        zFrozen += gainedFrozen;
        aFrozen += gainedFrozen * q[i];
        bFrozen += (gainedFrozen + p[i]) * shiftFrozen;
    }
    totalSums.z += z;
    totalSums.a += a;
    totalSums.b += b;
    frozenSums.z += zFrozen;
    frozenSums.a += aFrozen;
    frozenSums.b += bFrozen;
}

} // namespace

template <class Number>
ShiftKernel<Number> shiftKernel() {
    return compiled<ShiftKernel<Number>, addStretch<Number>>();
}

template ShiftKernel<float> shiftKernel<float>();
template ShiftKernel<double> shiftKernel<double>();

bool isSmall(const Shift& shift, double largestM, double largestD) {
    return std::abs(shift.onM) * largestM + std::abs(shift.onD) * largestD + std::abs(shift.plus) <=
           largestShift;
}

ShiftEffect shiftEffect(const ShiftSums& sums, double shiftOfTarget) {
    const double logZ = std::log1p(sums.z);
    return {logZ - shiftOfTarget, logZ - (sums.a + sums.b) / (1.0 + sums.z)};
}

template <class Number>
ShiftEffect shiftSafely(const ShiftedStretch<Number>& whole, const Shift& shift,
                        std::int64_t target) {
    const auto shiftAt = [&](std::int64_t v) {
        return shift.onM * static_cast<double>(whole.m[v]) +
               (shift.onD * static_cast<double>(whole.D[v]) + shift.plus);
    };
    // Shifted log-probabilities up to a constant: q + Δ.
    double most = -INFINITY;
    for (std::int64_t v = 0; v < whole.count; ++v)
        most = std::max(most, static_cast<double>(whole.q[v]) + shiftAt(v));
    double after = 0.0, mean = 0.0, entropy = 0.0, largest = 0.0;
    for (std::int64_t v = 0; v < whole.count; ++v) {
        const auto q = static_cast<double>(whole.q[v]);
        const double y = q + shiftAt(v) - most;
        const double weight = std::exp(y);
        after += weight;
        mean += weight * y;
        // q = log p + entropy, best known where p is largest.
        if (const auto p = static_cast<double>(whole.p[v]); p > largest) {
            largest = p;
            entropy = q - std::log(p);
        }
    }
    const double entropyAfter = std::log(after) - mean / after;
    const double atTarget = static_cast<double>(whole.q[target]) + shiftAt(target) - most;
    const double lossAfter = std::log(after) - atTarget;
    return {lossAfter - (entropy - static_cast<double>(whole.q[target])), entropyAfter - entropy};
}

template ShiftEffect shiftSafely(const ShiftedStretch<float>&, const Shift&, std::int64_t);
template ShiftEffect shiftSafely(const ShiftedStretch<double>&, const Shift&, std::int64_t);

} // namespace residuum

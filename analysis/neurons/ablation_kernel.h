// The inner loop of exact ablation: how a shift of the logits changes loss and entropy. Torch-free.
//
// A shift Δ_v of a token's logits multiplies its probabilities p_v by e^Δ_v / Z. With q_v = log p_v
// + entropy (so that Σ p q = 0) everything follows from three sums over the vocabulary, none of
// which subtracts two large numbers:
//   z = Σ p (e^Δ - 1),  a = Σ p (e^Δ - 1) q,  b = Σ p e^Δ Δ,  Z = 1 + z
//   Δ loss = log Z - Δ_target,  Δ entropy = log Z - (a + b) / Z
#pragma once

#include <cstdint>

namespace residuum {

/// Largest |Δ| that the sums are good for; a larger one needs `shiftSafely`.
inline constexpr double largestShift = 30.0;

struct ShiftSums {
    double z = 0.0, a = 0.0, b = 0.0;
};

/// A stretch of one token's vocabulary: m (logits without b_U, any constant removed), p, q, and the
/// direction D along which the ablation moves them. All of `count` numbers.
template <class Number>
struct ShiftedStretch {
    const Number *m, *p, *q, *D;
    std::int64_t count;
};

/// Δ = onM · m + onD · D + plus. No effect depends on `plus`, but digits do: where it makes
/// Σ p Δ = 0, Z is at least 1, whereas log(1 + z) of a Z near 0 is lost to rounding.
struct Shift {
    double onM = 0.0, onD = 0.0, plus = 0.0;
};

/// What one ablation does to a token's logits. Total recomputes what ln_f divides by, frozen keeps
/// it.
struct FinalShifts {
    Shift total, frozen;
};

/// Whether |Δ| ≤ largestShift everywhere, given the largest |m| and |D|.
bool isSmall(const Shift& shift, double largestM, double largestD);

/// Adds a stretch to the sums of two shifts, `total` and `frozen` (whose onM is ignored).
template <class Number>
using ShiftKernel = void (*)(const ShiftedStretch<Number>&, const Shift& total, const Shift& frozen,
                             ShiftSums& totalSums, ShiftSums& frozenSums);

/// The fastest that this processor can run. Number: float or double.
template <class Number>
ShiftKernel<Number> shiftKernel();

struct ShiftEffect {
    double loss = 0.0, entropy = 0.0; ///< changes, nats
};

/// From the sums over the whole vocabulary.
ShiftEffect shiftEffect(const ShiftSums& sums, double shiftOfTarget);

/// The same for shifts of any size, in float64 and two passes.
template <class Number>
ShiftEffect shiftSafely(const ShiftedStretch<Number>& whole, const Shift& shift,
                        std::int64_t target);

} // namespace residuum

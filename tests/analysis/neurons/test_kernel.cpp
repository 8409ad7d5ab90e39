#include "analysis/neurons/ablation_kernel.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace residuum::test {
namespace {

/// A token's vocabulary, and what a shift does to it computed from the definitions.
template <class Number>
struct Vocabulary {
    explicit Vocabulary(int size) : m(size_t(size)), p(m.size()), q(m.size()), D(m.size()) {
        std::mt19937 random(1);
        std::normal_distribution<double> normal(0.0, 2.0);
        double sum = 0.0;
        for (std::size_t v = 0; v < m.size(); ++v) {
            m[v] = Number(normal(random));
            D[v] = Number(0.3 * normal(random));
            logits.push_back(double(m[v]) + 0.1 * normal(random));
            sum += std::exp(logits[v]);
        }
        for (std::size_t v = 0; v < m.size(); ++v) {
            logits[v] -= std::log(sum);
            entropy -= std::exp(logits[v]) * logits[v];
        }
        for (std::size_t v = 0; v < m.size(); ++v) {
            p[v] = Number(std::exp(logits[v]));
            q[v] = Number(logits[v] + entropy);
        }
    }

    ShiftedStretch<Number> whole() const {
        return {m.data(), p.data(), q.data(), D.data(), std::int64_t(m.size())};
    }

    ShiftEffect naive(const Shift& shift, std::size_t target) const {
        double sum = 0.0, after = 0.0;
        std::vector<double> moved;
        for (std::size_t v = 0; v < m.size(); ++v) {
            moved.push_back(logits[v] + shift.onM * double(m[v]) + shift.onD * double(D[v]));
            sum += std::exp(moved[v]);
        }
        for (const double logit : moved)
            after -= std::exp(logit - std::log(sum)) * (logit - std::log(sum));
        return {std::log(sum) - moved[target] + logits[target], after - entropy};
    }

    std::vector<Number> m, p, q, D;
    std::vector<double> logits; ///< log-probabilities
    double entropy = 0.0;
};

template <class Number>
void matchesDefinitions(double tolerance) {
    const Vocabulary<Number> token(1003);
    for (const double scale : {1e-6, 1e-3, 0.1, 1.0, 3.0}) {
        const Shift total{-0.2 * scale, 0.7 * scale}, frozen{0.0, 0.9 * scale};
        ShiftSums sums, frozenSums;
        shiftKernel<Number>()(token.whole(), total, frozen, sums, frozenSums);
        for (const std::size_t target : {0U, 17U, 1002U}) {
            const auto at = [&](const Shift& shift) {
                return shift.onM * double(token.m[target]) + shift.onD * double(token.D[target]);
            };
            const auto want = token.naive(total, target), wantFrozen = token.naive(frozen, target);
            const auto fast = shiftEffect(sums, at(total));
            const auto fastFrozen = shiftEffect(frozenSums, at(frozen));
            const auto safe = shiftSafely(token.whole(), total, std::int64_t(target));
            // Relative to the size of the shift: small effects keep their digits.
            EXPECT_NEAR(fast.loss, want.loss, tolerance * scale + 1e-13) << scale;
            EXPECT_NEAR(fast.entropy, want.entropy, tolerance * scale + 1e-13) << scale;
            EXPECT_NEAR(fastFrozen.loss, wantFrozen.loss, tolerance * scale + 1e-13) << scale;
            EXPECT_NEAR(fastFrozen.entropy, wantFrozen.entropy, tolerance * scale + 1e-13) << scale;
            EXPECT_NEAR(safe.loss, want.loss, 10 * tolerance) << scale;
            EXPECT_NEAR(safe.entropy, want.entropy, 10 * tolerance) << scale;
        }
    }
}

TEST(ShiftKernel, MatchesDefinitionsInFloat64) {
    matchesDefinitions<double>(1e-12);
}

TEST(ShiftKernel, MatchesDefinitionsInFloat32) {
    matchesDefinitions<float>(3e-6);
}

/// Nearly all probability is on a token that is pushed down: Z would be 1e-6 without the shift's
/// mean taken out, and float32 would know nothing of its logarithm.
TEST(ShiftKernel, ATokenThatLosesAllItsProbability) {
    Vocabulary<float> token(1003);
    double rest = 0.0;
    token.logits[0] = 14.0;
    for (std::size_t v = 0; v < token.logits.size(); ++v)
        rest += std::exp(token.logits[v]);
    token.entropy = 0.0;
    for (auto& logit : token.logits) {
        logit -= std::log(rest);
        token.entropy -= std::exp(logit) * logit;
    }
    double mean = 0.0;
    for (std::size_t v = 0; v < token.logits.size(); ++v) {
        token.p[v] = float(std::exp(token.logits[v]));
        token.q[v] = float(token.logits[v] + token.entropy);
        token.m[v] = 0.0F;
        token.D[v] = v == 0 ? -16.0F : 0.0F;
        mean += double(token.p[v]) * double(token.D[v]);
    }
    const Shift shift{0.0, 1.0, -mean};
    ShiftSums sums, frozen;
    shiftKernel<float>()(token.whole(), shift, shift, sums, frozen);
    const auto want = token.naive(shift, 5);
    const auto have = shiftEffect(sums, -mean);
    EXPECT_NEAR(have.loss, want.loss, 1e-4 * std::abs(want.loss));
    EXPECT_NEAR(have.entropy, want.entropy, 1e-4 * std::abs(want.entropy));
}

TEST(ShiftKernel, ShiftsBeyondExponentialsRangeAreComputedSafely) {
    const Vocabulary<float> token(1003);
    const Shift huge{0.0, 2000.0};
    const auto want = token.naive({0.0, 200.0}, 3); // the definitions themselves overflow at 2000
    const auto safe = shiftSafely(token.whole(), {0.0, 200.0}, 3);
    EXPECT_NEAR(safe.loss, want.loss, 1e-3);
    EXPECT_NEAR(safe.entropy, want.entropy, 1e-5);
    EXPECT_TRUE(std::isfinite(shiftSafely(token.whole(), huge, 3).loss));
}

} // namespace
} // namespace residuum::test

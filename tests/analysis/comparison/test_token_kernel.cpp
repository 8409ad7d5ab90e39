// The kernel of a row of logits at the ends of what logits are.
#include "analysis/comparison/token_kernel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

namespace residuum::test {
namespace {

template <class Number>
class TokenKernels : public ::testing::Test {
  protected:
    std::vector<Number> random(std::int64_t count, double spread, std::uint64_t seed) {
        std::mt19937_64 numbers(seed);
        std::normal_distribution<double> normal(0.0, spread);
        std::vector<Number> row;
        for (std::int64_t i = 0; i < count; ++i)
            row.push_back(static_cast<Number>(normal(numbers)));
        return row;
    }
    RowNumbers numbers(const std::vector<Number>& row) {
        return kernel_.numbers(row.data(), static_cast<std::int64_t>(row.size()));
    }
    RowDistance distance(const std::vector<Number>& a, const std::vector<Number>& b) {
        return kernel_.distance(a.data(), numbers(a).logNorm, b.data(), numbers(b).logNorm,
                                static_cast<std::int64_t>(a.size()));
    }
    TokenKernel<Number> kernel_ = tokenKernel<Number>();
};

using Numbers = ::testing::Types<float, double>;
TYPED_TEST_SUITE(TokenKernels, Numbers);

TYPED_TEST(TokenKernels, AsInLongDouble) {
    for (const std::int64_t count : {1, 7, 64, 1001})
        for (const double spread : {1e-6, 1e-3, 1.0, 20.0, 400.0}) {
            const auto a = this->random(count, spread, 1), b = this->random(count, spread, 2);
            std::vector<long double> logs[2];
            for (int i = 0; i < 2; ++i) {
                long double sum = 0.0L, entropy = 0.0L;
                const auto& row = i == 0 ? a : b;
                const long double most = *std::max_element(row.begin(), row.end());
                for (const auto logit : row)
                    sum += std::exp(static_cast<long double>(logit) - most);
                for (const auto logit : row)
                    logs[i].push_back(static_cast<long double>(logit) - most - std::log(sum));
                for (const auto log : logs[i])
                    entropy -= std::exp(log) * log;
                const auto found = this->numbers(row);
                EXPECT_NEAR(found.logNorm, static_cast<double>(most + std::log(sum)),
                            1e-13 * std::max(1.0, std::abs(found.logNorm)));
                EXPECT_NEAR(found.entropy, static_cast<double>(entropy), 1e-12);
                EXPECT_EQ(row[static_cast<std::size_t>(found.token)], found.largest);
            }
            long double kl = 0.0L, jsd = 0.0L;
            for (std::size_t v = 0; v < logs[0].size(); ++v) {
                const auto p = std::exp(logs[0][v]), q = std::exp(logs[1][v]);
                kl += p * (logs[0][v] - logs[1][v]);
                const auto d = logs[1][v] - logs[0][v];
                const auto half = std::log1p(std::expm1(-std::abs(d)) / 2.0L);
                jsd -= (p * (half + std::max(d, 0.0L)) + q * (half + std::max(-d, 0.0L))) / 2.0L;
            }
            const auto found = this->distance(a, b), back = this->distance(b, a);
            EXPECT_NEAR(found.kl, static_cast<double>(kl), 1e-12 * std::max(1.0L, kl));
            EXPECT_NEAR(found.jsd, static_cast<double>(jsd), 1e-13);
            EXPECT_EQ(found.kl, back.klReverse);
            EXPECT_NEAR(found.jsd, back.jsd, 1e-15);
            EXPECT_LE(found.jsd, std::numbers::ln2);
        }
}

TYPED_TEST(TokenKernels, EndsOfWhatLogitsAre) {
    using Number = TypeParam;
    std::vector<Number> a(40, Number(-30000)), b = a;
    a[3] = Number(30000);
    b[7] = Number(30000);
    EXPECT_NEAR(this->numbers(a).entropy, 0.0, 1e-200);
    EXPECT_EQ(this->numbers(a).token, 3);
    EXPECT_EQ(this->distance(a, a).jsd, 0.0);
    EXPECT_EQ(this->distance(a, a).kl, 0.0);
    EXPECT_NEAR(this->distance(a, b).jsd, std::numbers::ln2, 1e-15);
    EXPECT_NEAR(this->distance(a, b).kl, 60000.0, 1e-6);
    const std::vector<Number> even(1000, Number(5));
    EXPECT_NEAR(this->numbers(even).entropy, std::log(1000.0), 1e-12);
    EXPECT_EQ(this->numbers(even).token, 0) << "the first";
    a[5] = std::numeric_limits<Number>::quiet_NaN();
    EXPECT_FALSE(std::isfinite(this->numbers(a).logNorm));
    a[5] = std::numeric_limits<Number>::infinity();
    EXPECT_FALSE(std::isfinite(this->numbers(a).logNorm));
}

} // namespace
} // namespace residuum::test

// Draws: the noise against published vectors, the distribution, and its edges.
#include "core/model/sampling.h"

#include "core/model/philox.h"
#include "core/task/error.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace residuum {
namespace {

/// Of the authors' own tests (Random123, kat_vectors).
TEST(Philox, HasTheKnownAnswers) {
    using Four = std::array<std::uint32_t, 4>;
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Four{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    constexpr std::uint32_t ones = 0xffffffff;
    EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
              (Four{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              (Four{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

at::Tensor logits(const std::vector<double>& values) {
    return at::tensor(values, at::kDouble);
}

std::vector<int> left(const std::vector<double>& values, int topK, double topP) {
    std::vector<int> ids;
    for (const auto token : likelyTokens(values, topK, topP))
        ids.push_back(token.value);
    std::sort(ids.begin(), ids.end());
    return ids;
}

TEST(Sampling, TopKKeepsTheLargestAndOfEqualOnesTheFirst) {
    const std::vector<double> values{0.5, 2.0, -1.0, 2.0, 0.5};
    EXPECT_EQ(left(values, 1, 1.0), (std::vector{1}));
    EXPECT_EQ(left(values, 2, 1.0), (std::vector{1, 3}));
    EXPECT_EQ(left(values, 3, 1.0), (std::vector{0, 1, 3}));
    const std::vector all{0, 1, 2, 3, 4};
    for (const int k : {0, 5, 6, std::numeric_limits<int>::max()})
        EXPECT_EQ(left(values, k, 1.0), all) << k;
}

TEST(Sampling, TopPKeepsTheFewestThatAreAsLikely) {
    const std::vector<double> values{std::log(0.1), std::log(0.5), std::log(0.15), std::log(0.25)};
    EXPECT_EQ(left(values, 0, 1e-300), (std::vector{1})) << "never none";
    EXPECT_EQ(left(values, 0, 0.49), (std::vector{1}));
    EXPECT_EQ(left(values, 0, 0.51), (std::vector{1, 3}));
    EXPECT_EQ(left(values, 0, 0.76), (std::vector{1, 2, 3}));
    EXPECT_EQ(left(values, 0, 0.95), (std::vector{0, 1, 2, 3}));
    EXPECT_EQ(left(values, 0, 1.0), (std::vector{0, 1, 2, 3}));
    EXPECT_EQ(left(values, 2, 0.6), (std::vector{1})) << "of what topK leaves: 0.5 of 0.75";
    EXPECT_EQ(left({0, 0, 0, 0}, 0, 0.5), (std::vector{0, 1})) << "the first of equal ones";
    EXPECT_EQ(left({0, 0, 0, 0}, 0, 0.5001), (std::vector{0, 1, 2}));
}

TEST(Sampling, AtTemperatureZeroItIsTheMostLikelyAndTheFirstOfEqualOnes) {
    EXPECT_EQ(chooseToken(logits({1.0, 3.0, 2.0, 3.0}), {}, 0).token, TokenId(1));
    for (int step = 0; step < 50; ++step) {
        EXPECT_EQ(chooseToken(logits({1.0, 3.0, 2.0}), {.temperature = 1.0, .topK = 1}, step).token,
                  TokenId(1));
        EXPECT_EQ(
            chooseToken(logits({1.0, 3.0, 2.0}), {.temperature = 9.0, .topP = 1e-9}, step).token,
            TokenId(1));
        EXPECT_EQ(chooseToken(logits({1.0, 3.0, 2.0}), {.temperature = 1e-12}, step).token,
                  TokenId(1));
    }
}

TEST(Sampling, SaysHowLikelyTheModelHeldTheToken) {
    const std::vector<double> p{0.2, 0.7, 0.1};
    std::vector<double> values;
    double entropy = 0.0;
    for (const double each : p) {
        values.push_back(std::log(each) + 5.0);
        entropy -= each * std::log(each);
    }
    for (int step = 0; step < 20; ++step) {
        const auto chosen =
            chooseToken(logits(values), {.temperature = 3.0, .topK = 2, .topP = 0.99}, step);
        EXPECT_NEAR(chosen.logProb, std::log(p[static_cast<std::size_t>(chosen.token.value)]),
                    1e-14)
            << "neither tempered nor cut";
        EXPECT_NEAR(chosen.entropy, entropy, 1e-14);
    }
    const auto flat = chooseToken(at::zeros({5}, at::kFloat), {}, 0);
    EXPECT_NEAR(flat.entropy, std::log(5.0), 1e-14);
}

TEST(Sampling, DrawsFromTheTemperedDistribution) {
    const std::vector<double> p{0.05, 0.45, 0.2, 0.3};
    std::vector<double> values;
    for (const double each : p)
        values.push_back(2.0 * std::log(each)); // temperature 2 gives p
    constexpr int draws = 20000;
    std::map<int, double> share;
    for (int step = 0; step < draws; ++step)
        share[chooseToken(logits(values), {.temperature = 2.0, .seed = 7}, step).token.value] +=
            1.0 / draws;
    for (int id = 0; id < 4; ++id) {
        const double want = p[static_cast<std::size_t>(id)];
        EXPECT_NEAR(share[id], want, 4.0 * std::sqrt(want * (1.0 - want) / draws)) << id;
    }
}

TEST(Sampling, NoiseIsGumbelsAndDiffersBySeedStepAndToken) {
    double sum = 0.0, square = 0.0;
    constexpr int count = 20000;
    for (int i = 0; i < count; ++i) {
        const double noise = gumbelNoise(3, i % 200, TokenId(i / 200));
        sum += noise;
        square += noise * noise;
    }
    const double mean = sum / count, variance = square / count - mean * mean;
    EXPECT_NEAR(mean, 0.5772156649, 0.04);
    EXPECT_NEAR(variance, 1.6449340668, 0.1);
    const double one = gumbelNoise(1, 2, TokenId(3));
    EXPECT_EQ(one, gumbelNoise(1, 2, TokenId(3)));
    EXPECT_NE(one, gumbelNoise(2, 2, TokenId(3)));
    EXPECT_NE(one, gumbelNoise(std::uint64_t{1} << 32 | 1, 2, TokenId(3)));
    EXPECT_NE(one, gumbelNoise(1, 3, TokenId(3)));
    EXPECT_NE(one, gumbelNoise(1, 2, TokenId(2)));
}

/// Close models choose the same token but where their distributions differ: at most as often as the
/// Gumbel coupling allows, twice the total variation.
TEST(Sampling, TheSameSeedCouplesModels) {
    at::manual_seed(1);
    const auto one = at::randn({400}, at::kDouble);
    const auto other = one + 0.05 * at::randn({400}, at::kDouble);
    const double variation =
        0.5 * (at::softmax(one, -1) - at::softmax(other, -1)).abs().sum().item<double>();
    int differ = 0, independent = 0;
    constexpr int steps = 2000;
    for (int step = 0; step < steps; ++step) {
        const auto chosen = chooseToken(one, {.temperature = 1.0, .seed = 5}, step).token;
        differ += chosen != chooseToken(other, {.temperature = 1.0, .seed = 5}, step).token;
        independent += chosen != chooseToken(other, {.temperature = 1.0, .seed = 6}, step).token;
    }
    EXPECT_LT(differ, steps * 2.0 * variation + 40.0);
    EXPECT_GT(independent, 0.95 * steps);
}

TEST(Sampling, RefusesLogitsThatAreNoNumbers) {
    EXPECT_THROW(chooseToken(logits({1.0, std::nan("")}), {}, 0), Error);
    EXPECT_THROW(chooseToken(logits({1.0, INFINITY}), {.temperature = 1.0}, 3), Error);
}

} // namespace
} // namespace residuum

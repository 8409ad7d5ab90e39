#include "core/model/attention.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace residuum {
namespace {

QueriesKeysValues randomParts(std::int64_t batch, std::int64_t pos) {
    const std::int64_t heads = 3, d_head = 8;
    const auto all = at::randn({batch, pos, 3 * heads * d_head}, at::kDouble);
    const auto part = [&](int i) {
        return all.narrow(-1, i * heads * d_head, heads * d_head).view({batch, pos, heads, d_head});
    };
    return {part(0), part(1), part(2)};
}

TEST(Attention, BlockedEqualsWholeAtEveryLength) {
    at::manual_seed(2);
    for (const std::int64_t pos : {1, 2, 17, 127, 128, 129, 300}) {
        const auto qkv = randomParts(2, pos);
        const auto whole = mixValues(attentionMaps(qkv, 0.3).pattern, qkv.v);
        EXPECT_TRUE(at::allclose(attend(qkv, 0.3), whole, 1e-12, 1e-12)) << pos << " positions";
    }
}

TEST(Attention, KeepsTheGradientOfEveryOperand) {
    for (int wanted = 0; wanted < 3; ++wanted) {
        const auto operands =
            std::array{at::randn({1, 4, 2, 3}, at::kDouble), at::randn({1, 4, 2, 3}, at::kDouble),
                       at::randn({1, 4, 2, 3}, at::kDouble)};
        operands[static_cast<std::size_t>(wanted)].requires_grad_(true);
        EXPECT_TRUE(attend({operands[0], operands[1], operands[2]}, 0.5).requires_grad())
            << "operand " << wanted;
    }
}

TEST(Attention, IsCausalAndSumsToOne) {
    at::manual_seed(3);
    const auto maps = attentionMaps(randomParts(1, 9), 0.3);
    EXPECT_TRUE(at::allclose(maps.pattern.sum(-1), at::ones({1, 3, 9}, at::kDouble)));
    EXPECT_EQ(maps.pattern.triu(1).abs().max().item<double>(), 0.0);
    EXPECT_EQ(maps.scores[0][0][0][1].item<double>(), maskedScore);
}

TEST(Attention, GoesBackAsAutogradDoesAtEveryLength) {
    at::manual_seed(5);
    for (const std::int64_t pos : {1, 2, 17, 127, 128, 129, 300}) {
        const auto parts = randomParts(2, pos);
        const auto leaf = [](const at::Tensor& t) { return t.clone().requires_grad_(true); };
        const QueriesKeysValues leaves{leaf(parts.q), leaf(parts.k), leaf(parts.v)};
        const auto into = at::randn({2, pos, 3, 8}, at::kDouble);
        (mixValues(attentionMaps(leaves, 0.3).pattern, leaves.v) * into).sum().backward();
        const auto maps = attentionMapsBackward(into, parts, 0.3);
        for (const auto& back : {attendBackward(into, parts, 0.3), maps.qkv}) {
            EXPECT_TRUE(at::allclose(back.q, leaves.q.grad(), 1e-11, 1e-12)) << pos;
            EXPECT_TRUE(at::allclose(back.k, leaves.k.grad(), 1e-11, 1e-12)) << pos;
            EXPECT_TRUE(at::allclose(back.v, leaves.v.grad(), 1e-11, 1e-12)) << pos;
        }
        EXPECT_TRUE(at::equal(maps.pattern, attentionMaps(parts, 0.3).pattern));
    }
}

TEST(Attention, SoftmaxIsInFloat32UnderFewerDigits) {
    at::manual_seed(6);
    const auto exact = randomParts(1, 200);
    const auto as = [](const QueriesKeysValues& t, at::ScalarType type) {
        return QueriesKeysValues{t.q.to(type), t.k.to(type), t.v.to(type)};
    };
    const auto stored = as(exact, at::kBFloat16);
    const auto want = attend(as(stored, at::kDouble), 2.0);
    const auto z = attend(stored, 2.0);
    EXPECT_EQ(z.scalar_type(), at::kBFloat16);
    // Nothing but the result's own rounding, half a step of 2^-8.
    EXPECT_LT(((z.to(at::kDouble) - want).abs() / want.abs().clamp_min(1e-2)).max().item<double>(),
              1.0 / 256);
}

} // namespace
} // namespace residuum

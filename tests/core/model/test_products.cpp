#include "core/model/products.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <array>

namespace residuum {
namespace {

TEST(ApplyWeights, EqualsOnePlainProductForAnyThreadsAndViews) {
    at::manual_seed(1);
    const int before = at::get_num_threads();
    for (const int threads : {1, 2, 3}) {
        at::set_num_threads(threads);
        for (const std::int64_t columns : {1, 15, 16, 33, 200}) {
            const auto x = at::randn({2, 5, 24}, at::kDouble);
            const auto W = at::randn({24, 2 * columns}, at::kDouble).narrow(1, columns, columns);
            const auto bias = at::randn({columns}, at::kDouble);
            const auto expected = at::matmul(x, W);
            EXPECT_TRUE(at::allclose(applyWeights(x, W), expected, 1e-12, 1e-12));
            EXPECT_TRUE(at::allclose(applyWeights(x, W, bias), expected + bias, 1e-12, 1e-12));
            const auto transposed = W.contiguous().t().contiguous().t();
            EXPECT_TRUE(at::allclose(applyWeights(x, transposed), expected, 1e-12, 1e-12));
        }
    }
    at::set_num_threads(before);
}

/// One row goes another way, whichever way the weights lie.
TEST(ApplyWeights, OneRowEqualsThePlainProductAndDoesNotDependOnThreads) {
    at::manual_seed(2);
    const int before = at::get_num_threads();
    for (const auto type : {at::kFloat, at::kDouble})
        for (const std::int64_t inputs : {1, 7, 24, 100})
            for (const std::int64_t columns : {1, 2, 15, 33, 200}) {
                const auto x = at::randn({1, 1, inputs}, type);
                const auto W = at::randn({inputs, 2 * columns}, type).narrow(1, columns, columns);
                const auto bias = at::randn({columns}, type);
                const auto transposed = W.contiguous().t().contiguous().t();
                const auto expected = at::matmul(x, W);
                for (const auto& weights : {W, transposed}) {
                    at::set_num_threads(1);
                    const auto found = applyWeights(x, weights),
                               with = applyWeights(x, weights, bias);
                    EXPECT_TRUE(at::allclose(found, expected, 1e-5, 1e-5));
                    EXPECT_TRUE(at::allclose(with, expected + bias, 1e-5, 1e-5));
                    at::set_num_threads(3);
                    EXPECT_TRUE(at::equal(applyWeights(x, weights), found));
                    EXPECT_TRUE(at::equal(applyWeights(x, weights, bias), with));
                }
            }
    at::set_num_threads(before);
}

TEST(ApplyWeights, KeepsTheGradientOfEveryOperand) {
    for (int wanted = 0; wanted < 3; ++wanted) {
        const auto operands =
            std::array{at::randn({3, 8}, at::kDouble), at::randn({8, 5}, at::kDouble),
                       at::randn({5}, at::kDouble)};
        operands[static_cast<std::size_t>(wanted)].requires_grad_(true);
        const auto result = applyWeights(operands[0], operands[1], operands[2]);
        EXPECT_TRUE(result.requires_grad()) << "operand " << wanted;
    }
}

} // namespace
} // namespace residuum

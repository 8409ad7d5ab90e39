#include "core/model/products.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>

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

} // namespace
} // namespace residuum

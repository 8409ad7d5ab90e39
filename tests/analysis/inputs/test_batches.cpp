#include "analysis/inputs/batches.h"

#include "core/task/error.h"

#include <ATen/core/Tensor.h>
#include <gmock/gmock.h>

#include <set>

namespace residuum {
namespace {

TokenInput ofLengths(std::initializer_list<int> lengths) {
    TokenInput input;
    for (const int length : lengths)
        input.sequences.push_back({std::vector<TokenId>(static_cast<std::size_t>(length)), {}});
    return input;
}

TEST(Batches, GroupEqualLengthsWithinTheLimits) {
    BatchLimits limits;
    limits.tokens = 8;
    const auto batches = equalLengthBatches(ofLengths({4, 3, 4, 4, 20}), limits);
    std::set<std::size_t> seen;
    for (const auto& batch : batches) {
        EXPECT_EQ(batch.tokens.size(0), static_cast<std::int64_t>(batch.samples.size()));
        EXPECT_TRUE(batch.tokens.numel() <= 8 || batch.samples.size() == 1);
        seen.insert(batch.samples.begin(), batch.samples.end());
    }
    EXPECT_EQ(seen.size(), 5u);
    EXPECT_EQ(batches.size(), 4u);
}

TEST(Batches, LogitsCountWhereTheyAreUnembedded) {
    BatchLimits limits;
    limits.d_vocab = 100;
    limits.logits = 400;
    EXPECT_EQ(equalLengthBatches(ofLengths({4, 4, 4}), limits).size(), 3u);
    limits.logitsPerSequence = 1;
    EXPECT_EQ(equalLengthBatches(ofLengths({4, 4, 4}), limits).size(), 1u);
}

TEST(Batches, PositionsCountFromEitherEnd) {
    EXPECT_EQ(resolvePosition(0, 3, 0), 0);
    EXPECT_EQ(resolvePosition(-1, 3, 0), 2);
    EXPECT_THROW(resolvePosition(3, 3, 0), Error);
    EXPECT_THROW(resolvePosition(-4, 3, 0), Error);
}

TEST(Batches, InputIsCheckedAgainstTheModel) {
    ModelConfig config;
    config.n_ctx = 4;
    config.d_vocab = 10;
    requireValid(ofLengths({1, 4}), config);
    EXPECT_THROW(requireValid(ofLengths({}), config), Error);
    EXPECT_THROW(requireValid(ofLengths({2, 0}), config), Error);
    EXPECT_THROW(requireValid(ofLengths({5}), config), Error);
    EXPECT_THROW(requireValid({{{{TokenId(10)}, {}}}}, config), Error);
    EXPECT_THROW(requireValid({{{{TokenId(-1)}, {}}}}, config), Error);
}

} // namespace
} // namespace residuum

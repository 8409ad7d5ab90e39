// Rows of logits read tile by tile against rows read whole.
#include "analysis/lens/readout.h"

#include "analysis/lens/logit_kernel.h"
#include "core/model/weights.h"
#include "plain_lens.h"

#include <random>

namespace residuum::test {
namespace {

template <class Number>
void expectSums(std::int64_t count, double spread, double within) {
    std::mt19937 random(static_cast<unsigned>(count));
    std::normal_distribution<double> normal(0.0, spread);
    std::vector<Number> logits;
    for (std::int64_t i = 0; i < count; ++i)
        logits.push_back(static_cast<Number>(normal(random)));
    const PlainReading plain(Numbers(logits.begin(), logits.end()));
    const auto sums = logitKernel<Number>().sums(logits.data(), count);
    EXPECT_EQ(sums.largest, plain.logits[plain.order.front()]);
    EXPECT_NEAR(sums.largest + std::log(sums.sum), plain.normaliser, within) << count;
    EXPECT_NEAR(std::log(sums.sum) - sums.weighted / sums.sum, plain.entropy, within) << count;
    const auto low = logits.front() - Number(0.5), high = logits.front() + Number(0.5);
    std::vector<Number> between(logits.size());
    const auto counts =
        logitKernel<Number>().counts(logits.data(), count, low, high, between.data());
    EXPECT_EQ(counts.above,
              std::count_if(logits.begin(), logits.end(), [&](Number x) { return x > high; }));
    EXPECT_EQ(counts.between, std::count_if(logits.begin(), logits.end(),
                                            [&](Number x) { return x >= low && x <= high; }));
}

TEST(LogitKernel, SumsAndCountsOfAnyLength) {
    for (const std::int64_t count : {1, 2, 15, 16, 17, 31, 32, 33, 64, 100, 511, 1024, 1025}) {
        for (const double spread : {0.1, 3.0, 400.0}) {
            expectSums<double>(count, spread, 1e-12);
            expectSums<float>(count, spread, 2e-5);
        }
    }
}

TEST(LogitKernel, NaNsAreNoNumbers) {
    for (const std::size_t at : {0, 40, 99}) {
        std::vector<float> logits(100, 1.0F);
        logits[at] = std::nanf("");
        EXPECT_FALSE(std::isfinite(logitKernel<float>().sums(logits.data(), 100).sum));
        logits[at] = INFINITY;
        EXPECT_FALSE(std::isfinite(logitKernel<float>().sums(logits.data(), 100).sum));
    }
}

class ReadoutOf : public ::testing::TestWithParam<DType> {};

TEST_P(ReadoutOf, TilesAreWholeRows) {
    const TemporaryFolder folder;
    writeSyntheticGpt2(folder.path(), syntheticConfig(1, 2, 32, 2300, 32), 3);
    const auto model = openAt(folder.path(), GetParam());
    const auto& weights = model->weights();
    at::manual_seed(1);
    // More rows than a block has.
    const auto norm = (at::randn({700, 32}, at::kDouble) * 8.0).to(weights.W_U_rows.scalar_type());
    const auto own = at::mm(norm, weights.W_U_rows.t()) + 0.25;
    ReadoutWish wish{{}, 7, own};
    std::mt19937 random(1);
    for (int i = 0; i < 2 * 700; ++i)
        wish.tracked.push_back(random() % 2300U);
    Progress progress;
    progress.begin("test", 1400);
    const auto tiles = readVocabulary(weights, norm, wish, progress);
    const auto whole = readByTensors(weights, norm, wish, progress);
    const double within = GetParam() == DType::Float64 ? 1e-11 : 1e-4;
    const auto expectNear = [&](const Numbers& a, const Numbers& b) {
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i)
            ASSERT_NEAR(a[i], b[i], within) << i;
    };
    expectNear(tiles.normaliser, whole.normaliser);
    expectNear(tiles.entropy, whole.entropy);
    expectNear(tiles.logit, whole.logit);
    expectNear(tiles.topLogit, whole.topLogit);
    expectNear(tiles.farthest, whole.farthest);
    EXPECT_NEAR(tiles.farthest[3], 0.25, within);
    if (GetParam() == DType::Float64) {
        EXPECT_EQ(tiles.rank, whole.rank);
        EXPECT_EQ(tiles.top, whole.top);
    }
}

INSTANTIATE_TEST_SUITE_P(Types, ReadoutOf, ::testing::Values(DType::Float64, DType::Float32));

} // namespace
} // namespace residuum::test

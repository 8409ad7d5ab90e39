// How often a device is waited for: as often for many rows as for few.
#include "analysis/attribution/dla.h"
#include "core/model/training_pass.h"
#include "device_support.h"
#include "stand_in_device.h"

namespace residuum::test {
namespace {

class Waits : public OnDevice {
  protected:
    void SetUp() override {
        if (deviceUnderTest() == "cpu")
            GTEST_SKIP() << "nobody waits for the CPU";
        OnDevice::SetUp();
    }
    template <class Work>
    static std::int64_t of(const Work& work) {
        const auto before = timesWaitedFor();
        work();
        return timesWaitedFor() - before;
    }
};

TEST_P(Waits, AreNoMoreForMoreRowsOfAttribution) {
    const auto model = underTest();
    DlaRequest request;
    request.target.rule = TargetRule::Argmax;
    request.position.all = true;
    request.bootstrapResamples = 0;
    const auto ofTokens = [&](int count) {
        TokenInput input{{{}}};
        for (int p = 0; p < count; ++p)
            input.sequences[0].tokens.emplace_back(7 * (p + 1));
        return of([&] {
            Progress progress;
            attributeLogits(*model, input, request, progress);
        });
    };
    ofTokens(3); // what follows from the weights is made once
    const auto few = ofTokens(3);
    EXPECT_GT(few, 0);
    EXPECT_EQ(ofTokens(12), few);
}

TEST_P(Waits, AreNoMoreForMoreTilesOfLogits) {
    Parameters parameters(underTest()->weights());
    const auto ofBatch = [&](std::int64_t batch) {
        const auto tokens = at::randint(0, d_vocab, {batch, 40}, at::kLong);
        return of(
            [&] { addGradients(parameters, tokens, {}, residuum::Activations::Kept, Progress()); });
    };
    const auto few = ofBatch(1);
    EXPECT_GT(few, 0);
    EXPECT_EQ(ofBatch(20), few); // 800 rows, four tiles
}

INSTANTIATE_TEST_SUITE_P(Storages, Waits,
                         ::testing::Combine(::testing::Values(Sites::LayerNorm),
                                            ::testing::Values(float32)),
                         nameOf);

} // namespace
} // namespace residuum::test

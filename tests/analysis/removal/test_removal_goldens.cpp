// The 20-step runs of golden/training, both of them, step by step.
#include "removal_setup.h"

#include "core/model/forward.h"
#include "core/model/parameters.h"
#include "core/model/weights.h"
#include "core/store/hdf5_reader.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace residuum::test {
namespace {

namespace fs = std::filesystem;

class TrainingGolden : public ::testing::TestWithParam<bool> {
  protected:
    fs::path golden() const { return shared() / "golden/training"; }
    void SetUp() override {
        if (!fs::exists(golden() / "expected.h5"))
            GTEST_SKIP() << golden() << " is not beside the checkout";
    }
    TemporaryFolder folder_;
};

double worst(const std::vector<double>& got, const std::vector<double>& want) {
    EXPECT_EQ(got.size(), want.size());
    double off = 0.0;
    for (std::size_t i = 0; i < std::min(got.size(), want.size()); ++i)
        off = std::max(off, std::fabs(got[i] - want[i]));
    return off;
}

at::Tensor ofShape(const std::vector<double>& values, at::IntArrayRef shape) {
    return at::tensor(values, at::kDouble).view(shape);
}

TEST_P(TrainingGolden, EveryStepAndWhatItEndsWith) {
    const bool vanilla = GetParam();
    const auto model = openAt(golden() / "model", DType::Float64);
    JobIn job;
    job.plan = {readSchedule(golden() / "schedule.json"),
                vanilla ? RunPurpose::Vanilla : RunPurpose::Removal,
                20,
                2,
                2,
                24,
                false,
                0};
    job.endOfText = endOfTextOf(golden() / "model", nullptr, 257);
    EXPECT_EQ(job.endOfText, 256);
    job.text = readText(golden() / "tokens.bin", {nullptr, 257, job.endOfText, 24});
    job.folder = folder_.path() / "run";
    job.request = "{}";
    Told told;
    Progress progress;
    const auto outcome = run(*model, job, told.news(), progress);
    EXPECT_TRUE(outcome.exported);

    const Hdf5Reader expected(golden() / "expected.h5"), got(job.folder / "run.h5");
    const std::string group = vanilla ? "/vanilla/" : "/removal/";
    for (const std::string what : {"loss", "aux_loss", "grad_norm", "learning_rate", "sigma"}) {
        if (!expected.contains(group + what))
            continue;
        const double off =
            worst(got.numbers("/" + what).values, expected.numbers(group + what).values);
        std::printf("%s%s: off by at most %.2g\n", group.c_str(), what.c_str(), off);
        EXPECT_LE(off, 1e-8) << what;
    }
    const auto last = openAt(job.folder / "checkpoints/step-20", DType::Float64);
    const Parameters weights(last->weights());
    double weightsOff = 0.0;
    for (const auto& parameter : weights.all()) {
        const auto want = ofShape(expected.numbers(group + "weights/" + parameter.key).values,
                                  parameter.value.sizes());
        weightsOff = std::max(weightsOff, (parameter.value - want).abs().max().item<double>());
    }
    std::printf("%sweights: off by at most %.2g\n", group.c_str(), weightsOff);
    EXPECT_LE(weightsOff, 1e-7);

    // Of the file's first sequences.
    const auto want = expected.numbers(group + "logits");
    auto ids = at::empty({want.shape[0], want.shape[1]}, at::kLong);
    std::copy_n(job.text.from(0, job.text.sequences()).begin(), ids.numel(),
                ids.data_ptr<std::int64_t>());
    const auto made = openAt(outcome.model, DType::Float64);
    EXPECT_EQ(made->info().normalization.removedCount(), vanilla ? 0U : 10U);
    const auto logits = forward(made->weights(), ids, std::nullopt, nullptr, Progress());
    const double off = (logits - ofShape(want.values, want.shape)).abs().max().item<double>();
    std::printf("%slogits: off by at most %.2g\n", group.c_str(), off);
    EXPECT_LE(off, 2e-5);
}

INSTANTIATE_TEST_SUITE_P(Both, TrainingGolden, ::testing::Values(false, true),
                         [](const auto& vanilla) { return vanilla.param ? "vanilla" : "removal"; });

} // namespace
} // namespace residuum::test

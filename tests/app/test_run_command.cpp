// `residuum run` against the reference numbers.
#include "golden.h"
#include "support/stored_form.h"

namespace residuum::test {
namespace {

struct Precision {
    const char* dtype;
    double tolerance;
};

class RunGolden : public ::testing::TestWithParam<Precision> {};

TEST_P(RunGolden, LogitsAndActivations) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "run.h5").string();
    const Hdf5Reader expected(golden() / "expected.h5");
    const auto outcome =
        residuum(std::vector<std::string>{"run", golden() / "tiny-ln", golden() / "tiny-lnfree",
                                          "--activations", "all", "--dtype", GetParam().dtype, "-o",
                                          output} +
                 idArguments(expected.numbers("/tokens")));
    ASSERT_EQ(outcome.status, 0) << outcome.err;

    const Hdf5Reader result(output);
    for (const std::string model : {"tiny-ln", "tiny-lnfree"}) {
        const auto logits = expected.numbers("/" + model + "/logits");
        EXPECT_TRUE(near(result.numbers("/models/" + model + "/logits").values, logits.values,
                         logits.shape, GetParam().tolerance))
            << model;
        for (const auto& hook : expected.children("/" + model + "/activations")) {
            const auto want = expected.numbers("/" + model + "/activations/" + hook);
            auto got = result.numbers("/models/" + model + "/activations/" + hook);
            got.values.resize(want.values.size()); // the reference has the first sequence only
            const double scale = std::max(1.0, largestMagnitude(want.values));
            EXPECT_TRUE(near(got.values, want.values, want.shape, GetParam().tolerance * scale))
                << model << " " << hook;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Precisions, RunGolden,
                         ::testing::Values(Precision{"float32", 5e-5}, Precision{"float64", 1e-10}),
                         [](const auto& tested) { return std::string(tested.param.dtype); });

/// Two references were computed before their sigmas and gains were rounded to the float32 that is
/// stored (an independent float64 pass over the stored numbers agrees with ours to 1e-15).
double formatTolerance(const std::string& format) {
    return format == "half-removed" || format == "ln-free" ? 1e-7 : 1e-10;
}

class RunFormats : public ::testing::TestWithParam<const char*> {};

TEST_P(RunFormats, GivesItsExpectedLogits) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "run.h5").string();
    const Hdf5Reader expected(golden() / "formats/logits.h5");
    const auto outcome = residuum(std::vector<std::string>{"run", golden() / "formats" / GetParam(),
                                                           "--dtype", "float64", "-o", output} +
                                  idArguments(expected.numbers("/tokens")));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const auto want = expected.numbers(std::string("/") + GetParam());
    const auto got = Hdf5Reader(output).numbers(std::string("/models/") + GetParam() + "/logits");
    EXPECT_TRUE(near(got.values, want.values, want.shape, formatTolerance(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Containers, RunFormats,
                         ::testing::Values("safetensors-f32", "safetensors-f16", "safetensors-bf16",
                                           "sharded", "bin-zip", "bin-shared-f16", "untied-head",
                                           "ln-free", "half-removed"),
                         [](const auto& tested) {
                             std::string name = tested.param;
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(RunCommand, LastOnlyAndRaggedInput) {
    const TemporaryFolder folder;
    const auto whole = (folder.path() / "whole.h5").string();
    const auto last = (folder.path() / "last.h5").string();
    const std::vector<std::string> input{golden() / "tiny-ln", "--ids", "1,2,3", "--ids", "4,5"};
    ASSERT_EQ(residuum(std::vector<std::string>{"run", "-o", whole} + input).status, 0);
    ASSERT_EQ(residuum(std::vector<std::string>{"run", "--last-only", "-o", last} + input).status,
              0);
    const auto all = Hdf5Reader(whole).numbers("/models/tiny-ln/logits");
    const auto one = Hdf5Reader(last).numbers("/models/tiny-ln/logits");
    ASSERT_EQ(all.shape, (std::vector<std::int64_t>{2, 3, 257}));
    ASSERT_EQ(one.shape, (std::vector<std::int64_t>{2, 1, 257}));
    const auto vocab = std::size_t{257};
    EXPECT_NEAR(one.values[0], all.values[2 * vocab], 1e-6);
    EXPECT_NEAR(one.values[vocab], all.values[(3 + 1) * vocab], 1e-6);
    EXPECT_TRUE(std::isnan(all.values[(3 + 2) * vocab])) << "padding is not a number";
    EXPECT_EQ(Hdf5Reader(whole).numbers("/tokens").values,
              (std::vector<double>{1, 2, 3, 4, 5, -1}));
    EXPECT_EQ(axisNames(whole, "/models/tiny-ln/logits"),
              (std::vector<std::string>{"sample", "pos", "vocab"}));
}

TEST(RunCommand, HeadResultsAddUpToAttentionOut) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "run.h5").string();
    const auto outcome =
        residuum({"run", golden() / "tiny-ln", "--ids", "1,2,3", "--dtype", "float64", "-o", output,
                  "--activations", "blocks.1.attn.hook_result,blocks.1.hook_attn_out"});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Hdf5Reader file(output);
    const auto results = file.numbers("/models/tiny-ln/activations/blocks.1.attn.hook_result");
    const auto out = file.numbers("/models/tiny-ln/activations/blocks.1.hook_attn_out");
    ASSERT_EQ(results.shape, (std::vector<std::int64_t>{1, 3, 4, 48}));
    // What is left of attn_out is the bias b_O: the same at every position.
    std::vector<double> left(out.values);
    for (std::size_t p = 0; p < 3; ++p) {
        for (std::size_t h = 0; h < 4; ++h) {
            for (std::size_t i = 0; i < 48; ++i)
                left[p * 48 + i] -= results.values[(p * 4 + h) * 48 + i];
        }
    }
    for (std::size_t i = 0; i < 48; ++i) {
        EXPECT_NEAR(left[i], left[48 + i], 1e-12);
        EXPECT_NEAR(left[i], left[96 + i], 1e-12);
    }
}

} // namespace
} // namespace residuum::test

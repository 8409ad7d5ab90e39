// `residuum dla` against the reference numbers and on the demo models.
#include "golden.h"
#include "support/stored_form.h"

#include <nlohmann/json.hpp>

namespace residuum::test {
namespace {

struct Precision {
    const char* dtype;
    double tolerance; ///< of the largest value
};

class DlaGolden : public ::testing::TestWithParam<Precision> {};

TEST_P(DlaGolden, DlaDirectEffectAndNmae) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "dla.h5").string();
    const Hdf5Reader expected(golden() / "expected.h5");
    const auto outcome = residuum(
        std::vector<std::string>{"dla", golden() / "tiny-ln", golden() / "tiny-lnfree", "--target",
                                 "argmax", "--dtype", GetParam().dtype, "-o", output} +
        idArguments(expected.numbers("/tokens")));
    ASSERT_EQ(outcome.status, 0) << outcome.err;

    const Hdf5Reader result(output);
    for (const std::string model : {"tiny-ln", "tiny-lnfree"}) {
        const auto ours = "/models/" + model, theirs = "/" + model + "/dla";
        EXPECT_EQ(result.strings(ours + "/component"), expected.strings(theirs + "/components"));
        EXPECT_EQ(result.numbers(ours + "/target").values,
                  expected.numbers(theirs + "/target").values);
        const auto compare = [&](const std::string& name, const std::string& reference) {
            const auto want = expected.numbers(theirs + "/" + reference);
            EXPECT_TRUE(near(result.numbers(ours + "/" + name).values, want.values, want.shape,
                             GetParam().tolerance * largestMagnitude(want.values)))
                << model << " " << name;
        };
        compare("dla", "dla");
        compare("direct_effect", "direct_effect");
        compare("unembed_bias", "unembed_bias");
        compare("logit", "target_logit_centered");
        EXPECT_NEAR(result.numberAttribute(ours, "nmae_heads").at(0),
                    expected.numbers(theirs + "/nmae_percent_heads").values.at(0), 0.01);
        const auto perHead = expected.numbers(theirs + "/nmae_percent_per_head");
        EXPECT_TRUE(near(result.numbers(ours + "/nmae_per_head").values, perHead.values,
                         perHead.shape, 0.01));
        for (const double error : result.numbers(ours + "/completeness_error").values)
            EXPECT_LT(std::abs(error), GetParam().tolerance * 10);
    }
    EXPECT_LE(result.numberAttribute("/models/tiny-lnfree", "nmae_heads").at(0), 0.001);
    EXPECT_GT(result.numberAttribute("/models/tiny-ln", "nmae_heads").at(0), 1.0);
}

INSTANTIATE_TEST_SUITE_P(Precisions, DlaGolden,
                         ::testing::Values(Precision{"float32", 1e-5}, Precision{"float64", 1e-10}),
                         [](const auto& tested) { return std::string(tested.param.dtype); });

TEST(DlaCommand, DemoModelsShowThePapersFinding) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "dla.h5").string();
    const auto outcome =
        residuum({"dla", "demo:original", "demo:vanilla", "demo:ln-free", "--prompt",
                  "Then, Mary and John went to the store. John gave a book to", "--target", " Mary",
                  "--versus", " John", "--position", "all", "-o", output});
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    const Hdf5Reader file(output);
    EXPECT_GT(file.numberAttribute("/models/original", "nmae_heads").at(0), 1.0);
    EXPECT_GT(file.numberAttribute("/models/vanilla", "nmae_heads").at(0), 1.0);
    EXPECT_LE(file.numberAttribute("/models/ln-free", "nmae_heads").at(0), 0.001);
    EXPECT_EQ(file.textAttribute("/models/ln-free", "normalization"), "removed");
    EXPECT_EQ(file.textAttribute("/models/original", "normalization"), "LayerNorm");
    EXPECT_EQ(axisNames(output, "/models/ln-free/dla"),
              (std::vector<std::string>{"component", "sample", "pos"}));
    for (const std::string model : {"original", "vanilla", "ln-free"}) {
        for (const double error : file.numbers("/models/" + model + "/completeness_error").values)
            EXPECT_LT(std::abs(error), 1e-4) << model;
    }
}

TEST(DlaCommand, AllPositionsHoldEverySinglePosition) {
    const TemporaryFolder folder;
    const auto all = (folder.path() / "all.h5").string();
    const std::vector<std::string> input{
        "dla",    golden() / "tiny-ln", "--ids", "9,8,7,6", "--target", "argmax", "--dtype",
        "float64"};
    ASSERT_EQ(residuum(input + std::vector<std::string>{"--position", "all", "-o", all}).status, 0);
    const auto whole = Hdf5Reader(all).numbers("/models/tiny-ln/direct_effect");
    ASSERT_EQ(whole.shape, (std::vector<std::int64_t>{23, 1, 4}));
    for (const int p : {0, 2, -1}) {
        const auto one = (folder.path() / "one.h5").string();
        ASSERT_EQ(
            residuum(input + std::vector<std::string>{"--position", std::to_string(p), "-o", one})
                .status,
            0);
        const auto single = Hdf5Reader(one).numbers("/models/tiny-ln/direct_effect");
        for (std::size_t c = 0; c < 23; ++c)
            EXPECT_NEAR(single.values[c], whole.values[c * 4 + static_cast<std::size_t>(p & 3)],
                        1e-12);
    }
}

TEST(DlaCommand, NeuronsAddUpToTheirMlp) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "dla.h5").string();
    ASSERT_EQ(residuum({"dla", golden() / "tiny-lnfree", "--ids", "9,8,7,6", "--neurons", "--dtype",
                        "float64", "-o", output})
                  .status,
              0);
    const Hdf5Reader file(output);
    const auto neurons = file.numbers("/models/tiny-lnfree/dla_neuron");
    ASSERT_EQ(neurons.shape, (std::vector<std::int64_t>{3, 192, 1}));
    const auto components = file.strings("/models/tiny-lnfree/component");
    const auto dla = file.numbers("/models/tiny-lnfree/dla");
    for (std::size_t l = 0; l < 3; ++l) {
        double sum = 0.0;
        for (std::size_t n = 0; n < 192; ++n)
            sum += neurons.values[l * 192 + n];
        const auto label = "L" + std::to_string(l) + ".mlp";
        const auto at = std::find(components.begin(), components.end(), label);
        EXPECT_NEAR(sum, dla.values[static_cast<std::size_t>(at - components.begin())], 1e-12);
    }
}

TEST(DlaCommand, RequestReproducesTheResult) {
    const TemporaryFolder folder;
    const auto output = (folder.path() / "with space ü.h5").string();
    ASSERT_EQ(residuum({"dla", "demo:ln-free", "--prompt", "Mary went to the store", "--target",
                        "next", "--position", "1", "-o", output})
                  .status,
              0);
    const Hdf5Reader file(output);
    EXPECT_EQ(file.textAttribute("/", "format"), "residuum-result");
    EXPECT_EQ(file.textAttribute("/", "kind"), "dla");
    const auto request = nlohmann::json::parse(file.textAttribute("/", "request"));
    EXPECT_EQ(request["dla"]["target"], "next");
    EXPECT_EQ(request["dla"]["position"], 1);
    EXPECT_EQ(request["input"]["prompts"][0], "Mary went to the store");
    EXPECT_EQ(request["models"][0], "demo:ln-free");
    EXPECT_EQ(file.textAttribute("/", "key").size(), 32u);
}

TEST(DlaCommand, DatasetWithBootstrapIsReproducible) {
    const TemporaryFolder folder;
    const auto data = folder.path() / "stories.txt";
    std::ofstream(data) << "Mary went to the store. John gave a book to Mary.<|endoftext|>"
                           "Then, John and Mary went to the park.<|endoftext|>\n<|endoftext|>"
                           "The book was lost near the park.";
    std::vector<double> intervals[2];
    for (auto& interval : intervals) {
        const auto output = (folder.path() / "dla.h5").string();
        const auto outcome =
            residuum({"dla", "demo:original", "--dataset", data.string(), "--length", "5",
                      "--target", "next", "--bootstrap", "200", "--seed", "7", "-o", output});
        ASSERT_EQ(outcome.status, 0) << outcome.err;
        const Hdf5Reader file(output);
        ASSERT_EQ(file.numbers("/tokens").shape, (std::vector<std::int64_t>{3, 5}));
        interval = file.numberAttribute("/models/original", "nmae_heads_ci95");
        const double nmae = file.numberAttribute("/models/original", "nmae_heads").at(0);
        EXPECT_LE(interval.at(0), nmae);
        EXPECT_GE(interval.at(1), nmae);
    }
    EXPECT_EQ(intervals[0], intervals[1]);
}

} // namespace
} // namespace residuum::test

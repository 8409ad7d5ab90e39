// What is kept of comparisons, and what is asked again.
#include "comparison_support.h"

namespace residuum::test {
namespace {

class ComparisonFiles : public ::testing::Test {
  protected:
    using Results = std::vector<std::shared_ptr<const ComparisonResult>>;

    Results ask(const std::vector<std::shared_ptr<const Model>>& models,
                const ComparisonRequest& request = {.layers = true, .attention = true}) {
        stages_.clear();
        Progress progress(
            {}, [&](const ProgressReport& report) { stages_ = report.stage; },
            Progress::Clock::duration::zero());
        Job<ComparisonResult> job(progress);
        std::vector<std::string> warnings;
        auto results =
            ComparisonAnalysis::together(&cache_, models, input_, request, job, warnings);
        EXPECT_TRUE(warnings.empty());
        return results;
    }
    std::shared_ptr<const Model> model(const std::string& name, std::uint64_t seed,
                                       DType dtype = DType::Float32) {
        return synthetic(folder_.path() / name, Sites::LayerNorm, seed, dtype);
    }

    TemporaryFolder folder_;
    ResultCache cache_{{folder_.path() / "cache", std::uint64_t{1} << 30U}};
    PromptInput input_ = someInput(97);
    std::string stages_; ///< of the last computation
};

bool same(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
        return x == y || (std::isnan(x) && std::isnan(y));
    });
}
bool same(const Table& a, const Table& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           same(std::vector<double>(a.data(), a.data() + a.size()),
                std::vector<double>(b.data(), b.data() + b.size()));
}

void expectSame(const ComparisonResult& a, const ComparisonResult& b) {
    EXPECT_EQ(a.lengths, b.lengths);
    EXPECT_TRUE(same(a.loss, b.loss));
    EXPECT_TRUE(same(a.entropy, b.entropy));
    EXPECT_EQ(a.meanLoss.mean, b.meanLoss.mean);
    EXPECT_EQ(a.meanLoss.interval, b.meanLoss.interval);
    EXPECT_EQ(a.ece, b.ece);
    EXPECT_EQ(a.lossAbove50, b.lossAbove50);
    EXPECT_TRUE(same(a.calibration, b.calibration));
    EXPECT_TRUE(same(a.residualNorm, b.residualNorm));
    for (std::size_t s = 0; s < streamScoreNames.size(); ++s) {
        EXPECT_TRUE(same(a.stream[s], b.stream[s]));
        EXPECT_TRUE(same(a.streamMid[s], b.streamMid[s]));
    }
    for (std::size_t s = 0; s < headScoreNames.size(); ++s)
        EXPECT_TRUE(same(a.heads[s], b.heads[s]));
    EXPECT_EQ(a.massive, b.massive);
    EXPECT_EQ(a.tokens, b.tokens);
    EXPECT_EQ(a.texts, b.texts);
    ASSERT_EQ(a.distances.size(), b.distances.size());
    for (std::size_t i = 0; i < a.distances.size(); ++i) {
        const auto &x = a.distances[i], &y = b.distances[i];
        EXPECT_EQ(x.name, y.name);
        EXPECT_EQ(x.other, y.other);
        EXPECT_TRUE(same(x.kl(), y.kl()));
        EXPECT_TRUE(same(x.numbers->jsd, y.numbers->jsd));
        EXPECT_EQ(x.meanKl().mean, y.meanKl().mean);
        EXPECT_EQ(x.meanKl().interval, y.meanKl().interval);
    }
}

TEST_F(ComparisonFiles, WhatIsKeptIsNotComputedAgainAndIsTheSame) {
    const auto a = model("a", 1), b = model("b", 2), c = model("c", 3);
    const auto first = ask({a, b});
    EXPECT_EQ(stages_, "comparison, a, b");
    const auto again = ask({a, b});
    EXPECT_EQ(stages_, "") << "nothing was computed";
    for (std::size_t i = 0; i < 2; ++i)
        expectSame(*first[i], *again[i]);
    ask({a});
    EXPECT_EQ(stages_, "") << "each model's numbers are kept by themselves";
    ask({a, b}, {.layers = true, .attention = true, .seed = 2});
    EXPECT_EQ(stages_, "comparison, a, b") << "other intervals";
    ask({c});
    EXPECT_EQ(stages_, "comparison, c");
    const auto three = ask({a, b, c});
    EXPECT_EQ(three[2]->distances.size(), 2U);
    EXPECT_EQ(three[2]->distances[0].name, "a");
    EXPECT_FALSE(three[2]->distances[0].isFirst);
    EXPECT_TRUE(same(three[0]->distances[0].kl(), first[0]->distances[0].kl()));
    EXPECT_TRUE(same(three[0]->distances[1].numbers->jsd, three[2]->distances[0].numbers->jsd));
}

TEST_F(ComparisonFiles, APairAsTheWindowAsksForIt) {
    const auto a = model("a", 1), b = model("b", 2);
    const auto first = ask({a, b});
    Progress progress;
    Job<ComparisonResult> job(progress);
    const auto pair = ComparisonAnalysis::distance(&cache_, CacheUse::ReadAndWrite, a, b, input_,
                                                   ComparisonSettings(), job);
    EXPECT_TRUE(same(pair->kl, first[0]->distances[0].kl()));
    const auto computed =
        ComparisonAnalysis::distance(nullptr, CacheUse::ReadAndWrite, a, b, input_, {}, job);
    // Without attention's patterns the models' logits differ by rounding.
    ASSERT_EQ(computed->jsd.size(), pair->jsd.size());
    for (std::size_t i = 0; i < pair->jsd.size(); ++i)
        if (!std::isnan(pair->jsd[i])) {
            EXPECT_NEAR(computed->jsd[i], pair->jsd[i], 1e-6);
        }
    EXPECT_NEAR(computed->meanJsd.mean, pair->meanJsd.mean, 1e-6);
}

TEST_F(ComparisonFiles, AFileHasTheDatasetsOfTheContract) {
    for (const auto dtype : {DType::Float32, DType::Float64}) {
        const auto suffix = dtype == DType::Float32 ? "" : "64";
        const std::vector models{model(std::string("a") + suffix, 1, dtype),
                                 model(std::string("b") + suffix, 2, dtype)};
        const ComparisonRequest request{.layers = true, .attention = true};
        const auto results = ask(models, request);
        const auto file = folder_.path() / "c.h5";
        saveResults<ComparisonAnalysis>(file, results, input_, request, nullptr);
        const ResultReader reader(file);
        const auto read = readResults<ComparisonAnalysis>(reader);
        for (std::size_t i = 0; i < 2; ++i)
            expectSame(*read[i], *results[i]);
        const auto& stored = reader.file();
        const std::string group = reader.modelGroup(0);
        const std::vector<std::int64_t> tokens{6, 20};
        EXPECT_EQ(stored.shape(group + "/loss"), tokens);
        EXPECT_EQ(stored.shape(group + "/entropy"), tokens);
        EXPECT_EQ(stored.shape(group + "/calibration"), (std::vector<std::int64_t>{10, 3}));
        EXPECT_EQ(stored.shape(group + "/residual_norm"), (std::vector<std::int64_t>{4, 20}));
        for (const std::string name : {"kurtosis", "max_median_ratio", "growth", "cosine"}) {
            EXPECT_EQ(stored.shape(group + "/" + name), (std::vector<std::int64_t>{4, 2}));
            EXPECT_EQ(stored.shape(group + "/" + name + "_mid"), (std::vector<std::int64_t>{3, 2}));
        }
        for (const std::string name :
             {"sink_rate", "attention_entropy", "previous_token", "self", "induction", "duplicate"})
            EXPECT_EQ(stored.shape(group + "/" + name), (std::vector<std::int64_t>{3, 4}));
        for (const std::string name : {"mean_loss", "mean_entropy", "ece", "loss_above_50"})
            EXPECT_EQ(stored.numberAttribute(group, name).size(), 1U);
        const auto pair = "/pairs/a" + std::string(suffix) + "__b" + suffix;
        EXPECT_EQ(stored.shape(pair + "/kl"), tokens);
        EXPECT_EQ(stored.shape(pair + "/jsd"), tokens);
        EXPECT_TRUE(std::isnan(stored.numbers(pair + "/jsd").values[10])) << "padding";
        const auto losses = stored.numbers(group + "/loss").values;
        EXPECT_TRUE(std::isnan(losses[6])) << "a sequence's last token";
        EXPECT_FALSE(std::isnan(losses[5]));
    }
}

TEST_F(ComparisonFiles, WithoutLayersAndAttentionTheyAreLeftOut) {
    const auto file = folder_.path() / "c.h5";
    const auto results = ask({model("a", 1)}, {});
    saveResults<ComparisonAnalysis>(file, results, input_, {}, nullptr);
    const ResultReader reader(file);
    EXPECT_FALSE(reader.file().contains(reader.modelGroup(0) + "/kurtosis"));
    EXPECT_FALSE(reader.file().contains(reader.modelGroup(0) + "/sink_rate"));
    EXPECT_FALSE(reader.file().contains("/pairs"));
    expectSame(*readResults<ComparisonAnalysis>(reader).front(), *results.front());
    EXPECT_NE(ComparisonAnalysis::summary(*results.front()).find("mean loss"), std::string::npos);
}

} // namespace
} // namespace residuum::test

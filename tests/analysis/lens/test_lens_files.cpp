// Results of the lens in files and in the cache.
#include "plain_lens.h"

#include "core/task/error.h"

namespace residuum::test {
namespace {

bool sameNumbers(const Table& a, const Table& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() && (a == b).all();
}

void expectSame(const LensResult& a, const LensResult& b) {
    EXPECT_EQ(a.points, b.points);
    EXPECT_EQ(a.named, b.named);
    EXPECT_EQ(a.texts, b.texts);
    ASSERT_EQ(a.rows.size(), b.rows.size());
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
        EXPECT_EQ(a.rows[i].sample, b.rows[i].sample);
        EXPECT_EQ(a.rows[i].position, b.rows[i].position);
    }
    for (const auto member : {&LensResult::tracked, &LensResult::contribution})
        EXPECT_TRUE(sameNumbers(a.*member, b.*member));
    const auto expectSameLens = [](const LensReadings& one, const LensReadings& other) {
        EXPECT_EQ(one.points, other.points);
        EXPECT_EQ(one.check, other.check);
        for (const auto member :
             {&LensReadings::logProb, &LensReadings::rank, &LensReadings::logit,
              &LensReadings::entropy, &LensReadings::topToken, &LensReadings::topLogProb})
            EXPECT_TRUE(sameNumbers(one.*member, other.*member));
    };
    expectSameLens(a, b);
    expectSameLens(a.jacobian, b.jacobian);
}

class LensFiles : public ::testing::TestWithParam<bool> {
  protected:
    LensRequest request() const {
        LensRequest request;
        request.position.all = GetParam();
        request.top = 4;
        request.components = true;
        request.jacobian = true;
        return request;
    }
    TemporaryFolder folder_;
    ResultCache cache_{{folder_.path() / "cache", std::uint64_t{1} << 30U}};
    PromptInput input_ = promptsOf({{101, 5, 900}, {3, 4}});
};

TEST_P(LensFiles, TheSecondTimeItComesFromTheCacheBitForBit) {
    for (const char* name : {"original", "ln-free"}) {
        const auto model = openAt(resources() / "demo" / name, DType::Float32);
        const auto ask = [&] {
            Progress progress;
            return answer<LensAnalysis>(&cache_, CacheUse::ReadAndWrite, *model, input_, request(),
                                        progress);
        };
        const auto first = ask(), second = ask();
        EXPECT_EQ(first.warning, "");
        EXPECT_TRUE(second.fromCache);
        expectSame(*first.result, *second.result);
        EXPECT_EQ(second.result->contribution.size() > 0, name == std::string("ln-free"));
    }
}

TEST_P(LensFiles, AFileHasTheDatasetsOfTheContract) {
    const auto file = folder_.path() / "lens.h5";
    const auto model = openAt(resources() / "demo/ln-free", DType::Float32);
    const auto result = readLensOf(*model, input_, request());
    saveResults<LensAnalysis>(file, {result}, input_, request(), model->tokenizer().get());
    const Hdf5Reader reader(file);
    const std::string group = "/models/ln-free";
    const auto points = static_cast<std::int64_t>(result->points.size());
    const auto shape = [&](std::vector<std::int64_t> leading) {
        leading.push_back(2);
        if (GetParam())
            leading.push_back(3);
        return leading;
    };
    EXPECT_EQ(reader.strings(group + "/label"), result->points);
    EXPECT_EQ(result->points.front(), "0_pre");
    EXPECT_EQ(result->points[1], "0_mid");
    EXPECT_EQ(result->points.back(), "final_post");
    for (const char* name : {"log_prob", "rank", "logit"})
        EXPECT_EQ(reader.shape(group + "/" + name), shape({points, 1})) << name;
    EXPECT_EQ(reader.shape(group + "/entropy"), shape({points}));
    for (const char* name : {"top_token", "top_log_prob"})
        EXPECT_EQ(reader.shape(group + "/" + name), shape({points, 4})) << name;
    EXPECT_EQ(reader.shape(group + "/check"), shape({}));
    const auto layers = points / 2;
    EXPECT_EQ(reader.strings(group + "/jacobian/label"), result->jacobian.points);
    EXPECT_EQ(result->jacobian.points.front(), "0_post");
    EXPECT_EQ(reader.shape(group + "/jacobian/rank"), shape({layers, 1}));
    EXPECT_EQ(reader.shape(group + "/jacobian/top_token"), shape({layers, 4}));
    EXPECT_EQ(reader.shape(group + "/jacobian/check"), shape({}));
    EXPECT_EQ(reader.textAttribute(group + "/log_prob", "ln_treatment"), "LN recomputed");
    const ResultReader results(file);
    expectSame(*readResults<LensAnalysis>(results).front(), *result);
    EXPECT_NE(LensAnalysis::summary(*result).find("own top prediction at the end"),
              std::string::npos)
        << LensAnalysis::summary(*result);
    const auto command = LensAnalysis::command(results.request(), file);
    EXPECT_NE(command.find("--top 4 --components --jacobian"), std::string::npos) << command;
}

INSTANTIATE_TEST_SUITE_P(Positions, LensFiles, ::testing::Bool(), [](const auto& tested) {
    return std::string(tested.param ? "all" : "last");
});

} // namespace
} // namespace residuum::test

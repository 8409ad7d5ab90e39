// Attribution of each prompt's own answers, against one request per prompt.
#include "analysis/attribution/dla.h"
#include "analysis/attribution/layer_sums.h"
#include "analysis/inputs/input_request.h"
#include "core/task/error.h"
#include "core/tokenizer/tokenizer.h"
#include "support/paths.h"

#include <gmock/gmock.h>

namespace residuum {
namespace {

using ::testing::HasSubstr;

class OwnAnswers : public ::testing::Test {
  protected:
    static std::shared_ptr<const Model> open(const std::string& name) {
        Progress progress;
        const auto folder = test::resources() / "demo" / name;
        return Model::open({folder.string(), name, folder}, {DType::Float64, "cpu"}, progress);
    }
    PromptInput pairs(const Model& model, int count) {
        InputRequest request;
        request.pairs.emplace().generated = GeneratedPairs{"ioi", count, 3};
        Progress progress;
        return resolveInput(request, model.tokenizer().get(), model.info().config, progress);
    }
    static std::shared_ptr<const DlaResult> ask(const Model& model, const TokenInput& input,
                                                const DlaRequest& request) {
        Progress progress;
        return attributeLogits(model, input, request, Job<DlaResult>(progress));
    }
};

TEST_F(OwnAnswers, AreTheSameAsTargetAndVersusOfEachPromptAlone) {
    for (const auto* name : {"original", "ln-free"}) {
        const auto model = open(name);
        const auto input = pairs(*model, 6).tokens;
        const auto all = ask(*model, input, DlaRequest::ofSet(0));
        ASSERT_EQ(all->rows.size(), 6U);
        EXPECT_TRUE(all->nmae.ci95);
        for (std::size_t i = 0; i < 6; ++i) {
            const auto& own = *input.sequences[i].answers;
            DlaRequest single;
            single.target = {TargetRule::Token, own.correct};
            single.versus = own.incorrect;
            const auto one = ask(*model, {{input.sequences[i]}}, single);
            const auto& row = all->rows[i];
            EXPECT_EQ(row.target, own.correct);
            EXPECT_EQ(row.versus, own.incorrect);
            EXPECT_NEAR(row.logit, one->rows[0].logit, 1e-10);
            EXPECT_NEAR(row.unembedBias, one->rows[0].unembedBias, 1e-10);
            EXPECT_LT(std::abs(row.completenessError), 1e-9);
            const auto place = static_cast<Eigen::Index>(i);
            EXPECT_LT((all->dla.col(place) - one->dla.col(0)).abs().maxCoeff(), 1e-10);
            EXPECT_LT((all->directEffect.col(place) - one->directEffect.col(0)).abs().maxCoeff(),
                      1e-10);
        }
        const auto sums = layerSums(*all, std::nullopt);
        double mean = 0.0;
        for (const auto& row : all->rows)
            mean += row.logit / 6.0;
        EXPECT_NEAR(sums.dla.back(), mean, 1e-9);
    }
}

TEST_F(OwnAnswers, WhatIsDoneIsPublishedMeanwhile) {
    const auto model = open("ln-free");
    TokenInput input;
    for (int i = 0; i < 40; ++i) // of several lengths, so in several batches
        for (auto& sequence : pairs(*model, 3).tokens.sequences) {
            sequence.tokens.resize(static_cast<std::size_t>(4 + i % 8), sequence.tokens.front());
            input.sequences.push_back(sequence);
        }
    Progress progress;
    Job<DlaResult> job(progress);
    std::vector<std::shared_ptr<const DlaResult>> parts;
    job.publish = [&](std::shared_ptr<const DlaResult> part) { parts.push_back(part); };
    const auto all = attributeLogits(*model, input, DlaRequest::ofSet(0), job);
    ASSERT_FALSE(parts.empty());
    EXPECT_LT(parts.front()->rows.size(), all->rows.size());
    EXPECT_FALSE(parts.front()->nmae.known);
    for (std::size_t i = 0; i < parts.front()->rows.size(); ++i) {
        const auto& row = parts.front()->rows[i];
        EXPECT_NEAR(row.logit, all->rows[static_cast<std::size_t>(row.sample)].logit, 1e-12);
    }
}

TEST_F(OwnAnswers, PromptsWithoutAnyAreRefused) {
    const auto model = open("ln-free");
    auto input = pairs(*model, 2).tokens;
    auto request = DlaRequest::ofSet(0);
    request.versus = TokenId(5);
    EXPECT_THAT([&] { ask(*model, input, request); },
                ::testing::ThrowsMessage<UsageError>(HasSubstr("own incorrect answer")));
    input.sequences[1].answers.reset();
    EXPECT_THROW(ask(*model, input, DlaRequest::ofSet(0)), UsageError);
}

} // namespace
} // namespace residuum

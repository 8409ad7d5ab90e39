#include "analysis/attribution/dla_input.h"

#include "core/task/error.h"

#include <gmock/gmock.h>

namespace residuum {
namespace {

using ::testing::ElementsAre;

TokenSequence sequenceOf(std::vector<int> ids, std::optional<int> following = std::nullopt) {
    TokenSequence sequence;
    for (const int id : ids)
        sequence.tokens.emplace_back(id);
    if (following)
        sequence.following = TokenId(*following);
    return sequence;
}

/// Sequences of lines 1, 2, …
PromptInput datasetOf(std::vector<TokenSequence> sequences) {
    PromptInput input;
    input.request.dataset = DatasetRequest{"d.jsonl", {}, {}, {}, {}, {}, false};
    for (std::size_t i = 0; i < sequences.size(); ++i)
        input.account.sourceLines.push_back(static_cast<std::int64_t>(i) + 1);
    input.tokens.sequences = std::move(sequences);
    return input;
}

DlaRequest asking(TargetRule target, int position = -1) {
    DlaRequest request;
    request.target.rule = target;
    request.position.at = position;
    return request;
}

TEST(DlaInput, ShortSequencesAreAskedAtTheirLastScoredPosition) {
    const auto input = datasetOf({sequenceOf({1, 2, 3}, 4), sequenceOf({5, 6}), sequenceOf({7})});
    const auto next = fitted(input, asking(TargetRule::Next));
    EXPECT_THAT(next.tokens.sequences, ElementsAre(sequenceOf({1, 2, 3}, 4), sequenceOf({5}, 6)));
    EXPECT_THAT(next.account.sourceLines, ElementsAre(1, 2));
    ASSERT_EQ(next.account.leftOut.size(), 1U);
    EXPECT_EQ(next.account.leftOut[0].line, 3);
    auto all = asking(TargetRule::Next);
    all.position.all = true;
    EXPECT_EQ(fitted(input, all).tokens, next.tokens);
    EXPECT_EQ(fitted(input, asking(TargetRule::Last)).tokens, input.tokens);
    EXPECT_EQ(fitted(input, asking(TargetRule::NextOrArgmax)).tokens, input.tokens);
}

TEST(DlaInput, SequencesWithoutThePositionAreLeftOut) {
    const auto input =
        datasetOf({sequenceOf({1, 2, 3}, 4), sequenceOf({5, 6}), sequenceOf({7, 8, 9})});
    const auto third = fitted(input, asking(TargetRule::Argmax, 2));
    EXPECT_THAT(third.account.sourceLines, ElementsAre(1, 3));
    const auto next = fitted(input, asking(TargetRule::Next, 2));
    EXPECT_THAT(next.account.sourceLines, ElementsAre(1));
    EXPECT_EQ(next.account.leftOut.size(), 2U);
    EXPECT_THAT(fitted(input, asking(TargetRule::Argmax, -3)).account.sourceLines,
                ElementsAre(1, 3));
    EXPECT_THROW(fitted(input, asking(TargetRule::Argmax, 7)), Error);
}

TEST(DlaInput, PromptsStayAsTheyAre) {
    PromptInput input;
    input.request.prompts = {"a"};
    input.tokens.sequences = {sequenceOf({1})};
    EXPECT_EQ(fitted(input, asking(TargetRule::Next)).tokens, input.tokens);
}

} // namespace
} // namespace residuum

// Tokens that stand out: where models are furthest apart, what precedes losses above 50 nats.
#include "analysis/comparison/token_lists.h"
#include "comparison_support.h"
#include "core/store/hdf5_reader.h"

#include <limits>

namespace residuum::test {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Two sequences, a form feed twice before a loss that is beyond reason.
ComparisonResult someResult() {
    ComparisonResult result;
    result.lengths = {4, 3};
    result.tokens = {7, 12, 5, 12, 12, 9, 7};
    result.texts = {{5, " b"}, {7, "a"}, {9, "\t"}, {12, "\x0c"}};
    result.loss = {1.0, 80.0, 2.0, none, 60.0, 51.0, none};
    return result;
}

TEST(TokenLists, TheLargestOfScoredTokens) {
    const auto result = someResult();
    const std::vector<TokenPlace> wanted{{1, 0, 1}, {4, 1, 0}, {5, 1, 1}};
    EXPECT_EQ(largestScored(result.loss, result.lengths, 3), wanted);
    EXPECT_EQ(largestScored(result.loss, result.lengths, 100).size(), 5U) << "no last tokens";
    EXPECT_EQ(contextText(result, {5, 1, 1}, 5), "\x0c\t");
    EXPECT_EQ(contextText(result, {2, 0, 2}, 1), "…\x0c b");
}

TEST(TokenLists, WhatPrecedesLossesBeyondReason) {
    const std::vector<BeforeHighLoss> wanted{{12, 2.0, 2.0}, {9, 1.0, 1.0}};
    EXPECT_EQ(beforeHighLosses(someResult()), wanted) << "the last token of a sequence is no place";
}

TEST(TokenLists, ATerminalSaysThemVisibly) {
    auto result = someResult();
    result.entropy.assign(7, 1.0);
    const auto text = ComparisonAnalysis::summary(result);
    EXPECT_NE(
        text.find("losses above 50 nats come after \"\\x0C\" (2 of 2 times), \"\\t\" (1 of 1"),
        std::string::npos)
        << text;
}

/// Logits that are large enough: the embedding is tied.
TEST(TokenLists, AFileHasThemWithTheirTexts) {
    const TemporaryFolder folder;
    const auto config = syntheticConfig(2, 2, 16, 50, 20);
    writeSyntheticGpt2(folder.path() / "m", config, 3);
    auto tensors = syntheticTensors(config, 3);
    for (auto& tensor : tensors)
        if (tensor.name == "ln_f.weight")
            for (std::size_t i = 0; i < 16; ++i) {
                const float large = 1e5F;
                std::memcpy(tensor.bytes.data() + i * sizeof large, &large, sizeof large);
            }
    writeSafetensors(folder.path() / "m" / "model.safetensors", tensors);
    const auto input = inputOf({{1, 11, 2, 11, 4}, {3, 4}});
    const auto found = compare({openAt(folder.path() / "m")}, input, {}).own.front();
    ASSERT_GT(found->lossAbove50, 0.0);
    const auto before = beforeHighLosses(*found);
    const auto file = folder.path() / "c.h5";
    saveResults<ComparisonAnalysis>(file, {found}, input, {}, nullptr);
    const ResultReader reader(file);
    const auto stored = reader.file().numbers(reader.modelGroup(0) + "/loss_above_50_after");
    ASSERT_EQ(stored.shape,
              (std::vector<std::int64_t>{static_cast<std::int64_t>(before.size()), 3}));
    for (std::size_t i = 0; i < before.size(); ++i) {
        EXPECT_EQ(stored.values[3 * i], before[i].token);
        EXPECT_EQ(stored.values[3 * i + 1], before[i].high);
        EXPECT_EQ(stored.values[3 * i + 2], before[i].scored);
    }
    const auto texts = reader.file().strings(reader.modelGroup(0) + "/loss_above_50_after_text");
    EXPECT_EQ(texts.front(), "#" + std::to_string(before.front().token));
    const auto read = readResults<ComparisonAnalysis>(reader).front();
    EXPECT_EQ(read->tokens, found->tokens);
    EXPECT_EQ(beforeHighLosses(*read), before);
}

} // namespace
} // namespace residuum::test

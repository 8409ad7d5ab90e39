// One long sequence among short ones: neither memory nor files grow with the padding.
#include "analysis/question/row_groups.h"

#include "dla_support.h"

#include <gmock/gmock.h>

namespace residuum {
namespace {

namespace fs = std::filesystem;

/// `count` sequences of two or three tokens; the last of `longest` where that is more than 0.
PromptInput shortOnes(std::size_t count, std::size_t longest) {
    PromptInput input;
    for (std::size_t s = 0; s < count; ++s) {
        TokenSequence sequence;
        const auto length = s + 1 == count && longest > 0 ? longest : 2 + s % 2;
        for (std::size_t p = 0; p < length; ++p)
            sequence.tokens.emplace_back(static_cast<std::int64_t>((s + p * (7 * s + s / 250 + 3)) %
                                                                   250)); // no two the same
        input.tokens.sequences.push_back(std::move(sequence));
    }
    return input;
}

TEST(RowGroups, CoverEverySequence) {
    const auto input = shortOnes(130, 40).tokens;
    const auto groups = rowGroups(input);
    ASSERT_EQ(groups.size(), 3u);
    EXPECT_EQ(groups[0].longest, 3);
    EXPECT_EQ(groups[2].first, 128);
    EXPECT_EQ(groups[2].count, 2);
    EXPECT_EQ(groups[2].longest, 40);
    EXPECT_EQ(longestSequence(input), 40);
    EXPECT_TRUE(isMostlyPadding(input));
    EXPECT_FALSE(isMostlyPadding(shortOnes(10, 0).tokens));
}

TEST(RowGroups, ChunksHoldWholeGroups) {
    EXPECT_TRUE(paddedLayout({10, 20}, 0, 4, 20).chunk.empty());
    EXPECT_THAT(paddedLayout({1000, 256}, 0, 4, 100).chunk, ::testing::ElementsAre(64, 64));
    EXPECT_THAT(paddedLayout({1000, 256}, 0, 4, 6).chunk, ::testing::ElementsAre(64, 8));
    EXPECT_THAT(paddedLayout({50, 1000, 256}, 1, 4, 64).chunk, ::testing::ElementsAre(50, 64, 64));
    EXPECT_THAT(paddedLayout({500, 1000, 256}, 1, 4, 64).chunk, ::testing::ElementsAre(64, 64, 64));
    EXPECT_EQ(meanLength(shortOnes(4, 0).tokens), 3);
}

TEST(RowGroups, ALongSequenceCostsWhatItsOwnTokensDo) {
    const test::TemporaryFolder folder;
    const auto model = test::openGolden("tiny-ln");
    Progress progress;
    Job<DlaResult> job(progress);
    auto request = test::everyPosition();
    request.bootstrapResamples = 0;
    const auto write = [&](const char* name, const PromptInput& input) {
        const auto result = DlaAnalysis::compute(*model, input, request, job);
        const auto file = folder.path() / name;
        saveResults<DlaAnalysis>(file, {result}, input, request, nullptr);
        const ResultReader reader(file, FileOrigin::Own);
        EXPECT_TRUE(test::sameNumbers(*DlaAnalysis::read(reader, 0), *result)) << name;
        EXPECT_EQ(reader.tokens().input, input.tokens);
        return fs::file_size(file);
    };
    const auto even = write("even.h5", shortOnes(2000, 0));
    const auto ragged = write("ragged.h5", shortOnes(2000, 64));
    EXPECT_LT(static_cast<double>(ragged), 1.2 * static_cast<double>(even));
}

} // namespace
} // namespace residuum

// Pairs of prompts: generators, alignment, JSONL.
#include "analysis/inputs/pair_file.h"
#include "analysis/inputs/pair_request.h"
#include "analysis/inputs/pair_tasks.h"
#include "core/task/error.h"
#include "core/tokenizer/tokenizer.h"
#include "support/paths.h"

#include <gmock/gmock.h>

#include <set>

namespace residuum::test {
namespace {

using ::testing::HasSubstr;

ModelConfig demoConfig() {
    ModelConfig config;
    config.d_vocab = 1024;
    config.n_ctx = 128;
    return config;
}

PairRequest generated(const std::string& task, int count, std::uint64_t seed = 0) {
    PairRequest request;
    request.generated = GeneratedPairs{task, count, seed};
    return request;
}

TEST(PairTasks, EveryTaskMakesAlignedPairsThatDiffer) {
    const auto tokenizer = Tokenizer::open(resources() / "demo" / "original");
    Progress progress;
    for (const auto& task : pairTasks()) {
        if (task.name == "greater-than" || task.name == "pronouns")
            continue; // see below
        const auto input =
            resolvePairs(generated(task.name, 60), tokenizer.get(), demoConfig(), progress);
        EXPECT_EQ(input.tokens.size(), 60U) << task.name;
        std::set<std::string> texts;
        for (std::size_t i = 0; i < input.tokens.size(); ++i) {
            const auto& clean = input.tokens.clean.sequences[i].tokens;
            const auto& corrupt = input.tokens.corrupt.sequences[i].tokens;
            EXPECT_EQ(clean.size(), corrupt.size());
            EXPECT_NE(clean, corrupt);
            EXPECT_NE(input.tokens.answer(i).correct, input.tokens.answer(i).incorrect);
            texts.insert(tokenizer->decode(clean));
        }
        EXPECT_GT(texts.size(), 20U) << task.name;
    }
}

TEST(PairTasks, KnowWhereTheWordsTheyAreAboutStand) {
    const auto tokenizer = Tokenizer::open(resources() / "demo" / "original");
    Progress progress;
    for (const std::string task : {"ioi", "ioi-io", "ioi-paper"})
        for (const bool bos : {false, true}) {
            auto request = generated(task, 60);
            request.prependEndOfText = bos;
            const auto input = resolvePairs(request, tokenizer.get(), demoConfig(), progress);
            const auto& roles = input.tokens.roles;
            ASSERT_THAT(roles.names, ::testing::UnorderedElementsAre("IO", "S1", "S2", "end"));
            ASSERT_EQ(roles.positions.size(), 60U);
            for (std::size_t i = 0; i < 60; ++i) {
                const auto& clean = input.tokens.clean.sequences[i].tokens;
                const auto position = [&](const std::string& role) {
                    const auto at = std::find(roles.names.begin(), roles.names.end(), role);
                    return roles.positions[i][static_cast<std::size_t>(at - roles.names.begin())];
                };
                const auto upTo = [&](const std::string& role) {
                    return tokenizer->decode({clean.begin(), clean.begin() + position(role) + 1});
                };
                const auto answer = input.tokens.answer(i);
                const auto object = tokenizer->bytes(answer.correct).substr(1),
                           subject = tokenizer->bytes(answer.incorrect).substr(1);
                EXPECT_TRUE(upTo("IO").ends_with(object)) << upTo("IO");
                EXPECT_TRUE(upTo("S1").ends_with(subject)) << upTo("S1");
                EXPECT_TRUE(upTo("S2").ends_with(subject)) << upTo("S2");
                EXPECT_LT(position("S1"), position("S2"));
                EXPECT_EQ(position("end"), static_cast<int>(clean.size()) - 1);
            }
        }
    for (const std::string task : {"agreement", "induction"}) {
        const auto input =
            resolvePairs(generated(task, 40), tokenizer.get(), demoConfig(), progress);
        const auto& roles = input.tokens.roles;
        for (std::size_t i = 0; i < 40; ++i) {
            const auto& clean = input.tokens.clean.sequences[i].tokens;
            const auto& corrupt = input.tokens.corrupt.sequences[i].tokens;
            // What the task changes is its first role, to the last token of the word.
            const auto at = static_cast<std::size_t>(roles.positions[i][0]);
            EXPECT_NE(clean[at], corrupt[at]) << task;
            EXPECT_EQ(roles.positions[i].back(), static_cast<int>(clean.size()) - 1);
        }
    }
}

TEST(PairTasks, WorkWithGpt2sOwnTokenizerWhereItIsThere) {
    const auto folder = shared() / "gpt2-tokenizer";
    if (!Tokenizer::isPresent(folder))
        GTEST_SKIP() << "no GPT-2 vocabulary beside the checkout";
    const auto tokenizer = Tokenizer::open(folder);
    ModelConfig config;
    config.d_vocab = 50257;
    config.n_ctx = 1024;
    Progress progress;
    for (const auto& task : pairTasks()) {
        const auto input =
            resolvePairs(generated(task.name, 100), tokenizer.get(), config, progress);
        EXPECT_EQ(input.tokens.size(), 100U) << task.name;
        EXPECT_LT(input.account.leftOut.size(), 400U) << task.name;
    }
}

TEST(PairTasks, TheSeedDecides) {
    const auto first = pairGenerator("ioi", 7), again = pairGenerator("ioi", 7),
               other = pairGenerator("ioi", 8);
    int same = 0;
    for (int i = 0; i < 20; ++i) {
        const auto pair = first();
        EXPECT_EQ(pair, again());
        same += pair == other();
    }
    EXPECT_LT(same, 3);
    EXPECT_THROW(pairGenerator("nothing", 0), UsageError);
}

TEST(PairTasks, IndirectObjectsSwapTheActingName) {
    const auto next = pairGenerator("ioi-paper", 1);
    for (int i = 0; i < 50; ++i) {
        const auto pair = next();
        const auto subject = pair.incorrect, object = pair.correct; // " John", " Mary"
        EXPECT_NE(subject, object);
        EXPECT_THAT(pair.clean, HasSubstr("." + subject + " gave"));
        EXPECT_THAT(pair.corrupt, HasSubstr("." + object + " gave"));
    }
}

TEST(PairRequest, PairsThatDoNotFitAreCountedWithAnExample) {
    const auto tokenizer = Tokenizer::open(resources() / "demo" / "original");
    Progress progress;
    // The demo vocabulary has no two-digit tokens, so no year can be answered.
    try {
        resolvePairs(generated("greater-than", 5), tokenizer.get(), demoConfig(), progress);
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("no pair that this model's tokenizer can use"));
        EXPECT_THAT(error.what(), HasSubstr("exactly one token"));
    }
    const auto some =
        resolvePairs(generated("pronouns", 40), tokenizer.get(), demoConfig(), progress);
    EXPECT_EQ(some.tokens.size(), 40U);
    EXPECT_FALSE(some.account.leftOut.empty());
    EXPECT_THAT(warningsOf(some).at(0), HasSubstr("pairs were left out, the first: draw"));
}

TEST(PairRequest, FilesRoundTrip) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "pairs.jsonl";
    PromptPair texts{"a \"quoted\" text", "another", {}, {}, " x", "#3"};
    PromptPair ids;
    ids.cleanIds = {TokenId(1), TokenId(2)};
    ids.corruptIds = {TokenId(1), TokenId(3)};
    ids.correct = "#4";
    ids.incorrect = "#5";
    writePairs(file, {texts, ids});
    const auto read = readPairFile(file).records;
    ASSERT_EQ(read.size(), 2U);
    EXPECT_EQ(read[0].pair, texts);
    EXPECT_EQ(read[1].pair, ids);
    EXPECT_THROW(readPairFile(folder.path() / "missing.jsonl"), Error);
}

TEST(PairRequest, BosStandsBeforeBothPrompts) {
    const auto tokenizer = Tokenizer::open(resources() / "demo" / "original");
    Progress progress;
    auto request = generated("ioi", 2);
    request.prependEndOfText = true;
    const auto input = resolvePairs(request, tokenizer.get(), demoConfig(), progress);
    for (const auto* side : {&input.tokens.clean, &input.tokens.corrupt})
        EXPECT_EQ(side->sequences[0].tokens.front(), *tokenizer->endOfText());
}

} // namespace
} // namespace residuum::test

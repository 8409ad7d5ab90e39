// How far DLA misjudges components, over one row and over all, against numbers by hand and those
// of the demo models at the position that the window opens with.
#include "analysis/attribution/dla.h"
#include "analysis/attribution/misjudgement.h"
#include "core/model/model.h"
#include "core/tokenizer/tokenizer.h"
#include "support/paths.h"

#include <gtest/gtest.h>

#include <cmath>

namespace residuum {
namespace {

/// One layer of two heads, two rows: embeddings, heads, biases and MLP as components are ordered.
DlaResult twoRows(const std::vector<std::array<double, 2>>& dla,
                  const std::vector<std::array<double, 2>>& effect) {
    DlaResult result;
    result.components = allComponents(1, 2);
    result.rows.resize(2);
    result.dla = result.directEffect = Table::Constant(7, 2, -100.0); // biases are no part of it
    const std::array<Eigen::Index, 3> places{2, 3, 5};                // two heads, the MLP
    for (std::size_t i = 0; i < places.size(); ++i)
        for (std::size_t row = 0; row < 2; ++row) {
            result.dla(places[i], static_cast<Eigen::Index>(row)) = dla[i][row];
            result.directEffect(places[i], static_cast<Eigen::Index>(row)) = effect[i][row];
        }
    return result;
}

TEST(Misjudgement, IsOverOneRowOrAll) {
    const auto result = twoRows({{{1.0, 2.0}}, {{-4.0, 0.0}}, {{3.0, 0.0}}},
                                {{{2.0, 2.0}}, {{2.0, -0.04}}, {{1.0, 0.0}}});
    const auto first = misjudgement(result, 0);
    EXPECT_DOUBLE_EQ(first.heads, 100.0 * 7.0 / 4.0);
    EXPECT_DOUBLE_EQ(first.mlps, 200.0);
    EXPECT_EQ(first.signChanges, 1);
    EXPECT_EQ(first.compared, 3);
    const auto second = misjudgement(result, 1);
    EXPECT_DOUBLE_EQ(second.heads, 100.0 * 0.04 / 2.04);
    EXPECT_TRUE(std::isnan(second.mlps)) << "every direct effect is 0";
    const auto all = misjudgement(result);
    EXPECT_DOUBLE_EQ(all.heads, 100.0 * 7.04 / 6.04);
    EXPECT_DOUBLE_EQ(all.mlps, 200.0);
    EXPECT_EQ(all.compared, 6);
}

TEST(Misjudgement, OnlyEffectsAboveTheThresholdChangeSign) {
    const auto result = twoRows({{{-1.0, 1.0}}, {{1.0, -1.0}}, {{-1.0, 0.0}}},
                                {{{0.05, -0.06}}, {{-0.04, 0.06}}, {{0.051, 1.0}}});
    EXPECT_EQ(misjudgement(result, 0).signChanges, 1);
    EXPECT_EQ(misjudgement(result, 1).signChanges, 2);
}

TEST(Misjudgement, OfTheDemoModelsAtTheLastPosition) {
    struct Expected {
        const char* model;
        double heads, mlps;
        int signChanges;
    };
    for (const auto& expected : {Expected{"original", 28.0, 167.0, 2},
                                 {"vanilla", 27.7, 114.0, 4},
                                 {"ln-free", 0, 0, 0}}) {
        Progress progress;
        const auto folder = test::resources() / "demo" / expected.model;
        const auto model = Model::open({folder.string(), "m", folder}, {}, progress);
        const auto tokenizer = model->tokenizer();
        const auto tokens =
            tokenizer->encode("Then, Mary and John went to the store. John gave a book to");
        TokenInput input;
        input.sequences.push_back({tokens, std::nullopt});
        auto request = DlaRequest::ofPrompt(tokenizer->encode(" Mary").front(),
                                            tokenizer->encode(" John").front());
        const auto result = attributeLogits(*model, input, request, progress);
        const auto found = misjudgement(*result, static_cast<int>(tokens.size()) - 1);
        EXPECT_NEAR(found.heads, expected.heads, 0.05) << expected.model;
        EXPECT_NEAR(found.mlps, expected.mlps, 0.5) << expected.model;
        EXPECT_EQ(found.signChanges, expected.signChanges) << expected.model;
        EXPECT_EQ(found.compared, 36) << expected.model;
    }
}

} // namespace
} // namespace residuum

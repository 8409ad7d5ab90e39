#include "analysis/neurons/neuron_analysis.h"
#include "neurons_support.h"

#include <gtest/gtest.h>

namespace residuum::test {
namespace {

bool same(const Table& a, const Table& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           (a == b || (a.isNaN() && b.isNaN())).all();
}

TEST(NeuronStore, AResultReadBackIsTheOneThatWasComputed) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::LayerNorm, DType::Float32);
    ResultCache cache({folder.path() / "cache", std::uint64_t{1} << 30});
    NeuronRequest request;
    request.choice.top = 4;
    request.screen = true;
    request.perToken = true;
    request.also = {NeuronIndex(90)};
    PromptInput input;
    input.tokens = randomInput({9, 4});
    for (const auto& sequence : input.tokens.sequences)
        input.request.ids.push_back(sequence.tokens);
    Progress progress;
    const auto ask = [&] {
        return answer<NeuronAnalysis>(&cache, CacheUse::ReadAndWrite, *model, input, request,
                                      progress);
    };
    const auto computed = ask(), stored = ask();
    EXPECT_FALSE(computed.fromCache);
    ASSERT_TRUE(stored.fromCache) << computed.warning;
    const auto &a = *computed.result, &b = *stored.result;
    EXPECT_EQ(a.chosen.neurons, b.chosen.neurons);
    EXPECT_EQ(a.random.neurons, b.random.neurons);
    EXPECT_EQ(a.weights.norm, b.weights.norm);
    EXPECT_EQ(a.weights.singular, b.weights.singular);
    EXPECT_TRUE(same(a.weights.nullCurve, b.weights.nullCurve));
    EXPECT_EQ(a.activations.mean, b.activations.mean);
    EXPECT_TRUE(same(a.activations.topToken, b.activations.topToken));
    EXPECT_EQ(a.cumulative.counts, b.cumulative.counts);
    EXPECT_TRUE(same(a.cumulative.meanAbs, b.cumulative.meanAbs));
    EXPECT_TRUE(same(a.cumulativeRandom.mean, b.cumulativeRandom.mean));
    EXPECT_TRUE(same(a.screening->bound, b.screening->bound));
    EXPECT_TRUE(same(a.written.promoted, b.written.promoted));
    for (std::size_t e = 0; e < effectCount; ++e) {
        EXPECT_TRUE(same(a.perToken[e], b.perToken[e])) << e;
        EXPECT_TRUE(same(a.chosen.quantile[e], b.chosen.quantile[e])) << e;
    }
    ASSERT_EQ(a.tokens.size(), b.tokens.size());
    EXPECT_EQ(a.chosenOnes, 4U);
    EXPECT_EQ(b.chosenOnes, 4U);
    EXPECT_TRUE(same(a.activation, b.activation));
    EXPECT_TRUE(same(a.random.pooledQuantile, b.random.pooledQuantile));
    EXPECT_EQ(a.tokens.back().loss, b.tokens.back().loss);
    EXPECT_EQ(a.tokens.back().position, b.tokens.back().position);
}

TEST(NeuronStore, ARequestSurvivesItsText) {
    NeuronRequest request;
    request.choice = parseNeuronChoice("7,3");
    request.layer = 2;
    request.ablation = Ablation::Zero;
    request.nullSpace = 5;
    request.seed = 11;
    const auto text = R"({"neurons": )" + NeuronAnalysis::settings(request) + "}";
    EXPECT_EQ(NeuronAnalysis::requestOf(text, "test"), request);
}

TEST(NeuronStore, RequestsForTheSameNumbersHaveTheSameSettings) {
    NeuronRequest named;
    named.choice = parseNeuronChoice("7,3");
    auto ranked = named;
    ranked.by = NeuronRank::Norm; // of no account where neurons are named
    EXPECT_EQ(NeuronAnalysis::settings(named), NeuronAnalysis::settings(ranked));
    NeuronRequest top;
    top.by = NeuronRank::TotalLoss;
    auto screened = top;
    screened.screen = true; // implied
    EXPECT_EQ(NeuronAnalysis::settings(top), NeuronAnalysis::settings(screened));
    auto seeded = top;
    seeded.seed = 4;
    EXPECT_NE(NeuronAnalysis::settings(top), NeuronAnalysis::settings(seeded));
    top.randomNeurons = seeded.randomNeurons = 0;
    EXPECT_EQ(NeuronAnalysis::settings(top), NeuronAnalysis::settings(seeded));
}

} // namespace
} // namespace residuum::test

// Attribution, patching and neurons.
#include "analysis/attribution/dla.h"
#include "analysis/neurons/neurons.h"
#include "analysis/patching/patching.h"
#include "device_support.h"

#include <random>

namespace residuum::test {
namespace {

class Questions : public OnDevice {
  protected:
    static TokenSequence sequence(int length, unsigned seed) {
        std::mt19937 random(seed);
        TokenSequence result;
        for (int p = 0; p < length; ++p)
            result.tokens.emplace_back(static_cast<int>(random() % unsigned(d_vocab)));
        return result;
    }

    /// Of a pair that differs at two positions. `rounding`: of a metric that is itself a
    /// difference.
    void patchesAlike(const std::vector<PatchSite>& sites, const std::vector<PatchMethod>& methods,
                      PatchMetric metric, double rounding = 0.0) const {
        PairTokens pairs;
        auto corrupt = sequence(9, 4);
        for (const std::size_t p : {2, 5})
            corrupt.tokens[p] = TokenId((corrupt.tokens[p].value + 30) % d_vocab);
        pairs.add(sequence(9, 4), corrupt, {TokenId(3), TokenId(71)});
        PatchRequest request;
        request.sites = sites;
        request.methods = methods;
        request.metric = metric;
        request.sender = "L0H1";
        request.receivers = {"L2H3", "logits"};
        Progress progress;
        const auto want = patchPairs(*exact(), pairs, request, progress);
        const auto got = patchPairs(*underTest(), pairs, request, progress);
        const double size =
            rounding + std::abs(want->cleanMetric[0]) + std::abs(want->corruptMetric[0]);
        ASSERT_EQ(got->grids.size(), want->grids.size());
        for (std::size_t g = 0; g < want->grids.size(); ++g)
            expectSame(got->grids[g].values, want->grids[g].values,
                       name(want->grids[g].site) + " by " + name(want->grids[g].method), size);
        ASSERT_EQ(got->edges.size(), want->edges.size());
        for (std::size_t g = 0; g < want->edges.size(); ++g)
            expectSame(got->edges[g].mean, want->edges[g].mean, name(want->edges[g].method), size);
        if (request.asksPath())
            expectSame(got->path.values, want->path.values, "path", size);
    }

    /// NaN in both places is the same. `beside`: what the numbers are the difference of.
    void expectSame(const Table& got, const Table& want, const std::string& what,
                    double beside = 0.0) const {
        ASSERT_EQ(got.size(), want.size()) << what;
        const auto known = [](const Table& table) -> Table {
            return table.unaryExpr([](double x) { return std::isnan(x) ? 0.0 : x; });
        };
        EXPECT_TRUE((got.array().isNaN() == want.array().isNaN()).all()) << what;
        const double size = known(want).cwiseAbs().maxCoeff();
        EXPECT_GT(size, 0.0) << what;
        EXPECT_LE(known(got - want).cwiseAbs().maxCoeff(),
                  storage().effects * size + 3.0 * storage().logits * beside)
            << what;
    }
};

TEST_P(Questions, Attribution) {
    DlaRequest request;
    request.target.rule = TargetRule::Last;
    request.position.all = true;
    request.bootstrapResamples = 0;
    const TokenInput input{{sequence(12, 3)}};
    Progress progress;
    const auto want = attributeLogits(*exact(), input, request, progress);
    const auto got = attributeLogits(*underTest(), input, request, progress);
    expectSame(got->dla, want->dla, "dla");
    expectSame(got->directEffect, want->directEffect, "direct effect");
    request.position = {};
    request.neurons = true;
    const auto wantNeurons = attributeLogits(*exact(), input, request, progress);
    const auto gotNeurons = attributeLogits(*underTest(), input, request, progress);
    expectSame(gotNeurons->dlaNeuron, wantNeurons->dlaNeuron, "dla of neurons");
    expectSame(gotNeurons->directEffectNeuron, wantNeurons->directEffectNeuron,
               "direct effect of neurons");
}

TEST_P(Questions, Patching) {
    patchesAlike({PatchSite::ResidPre, PatchSite::Z},
                 {PatchMethod::Attribution, PatchMethod::Exact}, PatchMetric::LogitDiff);
}

/// What else goes over a device, to more digits than bfloat16 has.
class WideQuestions : public Questions {};

TEST_P(WideQuestions, PatchingByEveryMethod) {
    patchesAlike(allPatchSites(),
                 {PatchMethod::Attribution, PatchMethod::Exact, PatchMethod::AtpStar,
                  PatchMethod::IntegratedGradients, PatchMethod::Eap, PatchMethod::EapIg,
                  PatchMethod::Path},
                 PatchMetric::LogitDiff);
}

TEST_P(WideQuestions, PatchingOfEveryMetric) {
    for (const auto metric : {PatchMetric::Prob, PatchMetric::LogProb, PatchMetric::Kl})
        patchesAlike({PatchSite::MlpOut}, {PatchMethod::Attribution, PatchMethod::Exact}, metric,
                     0.01);
}

TEST_P(WideQuestions, NeuronsOfTheFirstLayer) {
    NeuronRequest request;
    request.layer = 0;
    request.choice = {ChoiceKind::Named, {NeuronIndex(3), NeuronIndex(70)}, 0};
    request.randomNeurons = 2;
    const TokenInput input{{sequence(9, 6)}};
    Progress progress;
    const auto want = studyNeurons(*exact(), input, request, progress);
    expectSame(studyNeurons(*underTest(), input, request, progress)->chosen.mean, want->chosen.mean,
               "mean", 0.01);
}

TEST_P(Questions, NeuronsOfTheLastLayer) {
    NeuronRequest request;
    request.choice.kind = ChoiceKind::Top;
    request.choice.top = 20;
    request.perToken = true;
    request.randomNeurons = 5;
    request.screen = sites() != Sites::DynamicTanh; // there is no bound
    const TokenInput input{{sequence(14, 6), sequence(9, 7)}};
    Progress progress;
    const auto want = studyNeurons(*exact(), input, request, progress);
    // The same neurons, whatever the rounding of what they are ranked by.
    auto named = request;
    named.choice = {};
    named.choice.kind = ChoiceKind::Named;
    named.choice.named = want->chosen.neurons;
    const auto reference = studyNeurons(*exact(), input, named, progress);
    const auto got = studyNeurons(*underTest(), input, named, progress);
    expectSame(got->chosen.mean, reference->chosen.mean, "mean");
    expectSame(got->chosen.meanAbs, reference->chosen.meanAbs, "mean size");
    for (std::size_t e = 0; e < effectCount; ++e)
        expectSame(got->perToken[e], reference->perToken[e], name(Effect(e)));
    if (request.screen)
        expectSame(got->screening->mean, reference->screening->mean, "screening");
}

INSTANTIATE_TEST_SUITE_P(Storages, Questions,
                         ::testing::Combine(::testing::Values(Sites::LayerNorm, Sites::Removed,
                                                              Sites::Mixed, Sites::DynamicTanh),
                                            storages()),
                         nameOf);
INSTANTIATE_TEST_SUITE_P(Storages, WideQuestions,
                         ::testing::Combine(::testing::Values(Sites::LayerNorm, Sites::Mixed,
                                                              Sites::DynamicTanh),
                                            ::testing::Values(float32)),
                         nameOf);

} // namespace
} // namespace residuum::test

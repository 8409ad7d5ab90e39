// Edges patched exactly and circuits, against passes that share nothing with them.
#include "naive_patching.h"
#include "patching_support.h"

#include "analysis/patching/circuit.h"
#include "analysis/patching/edges.h"
#include "analysis/patching/faithfulness.h"
#include "analysis/patching/patch_analysis.h"
#include "core/model/norm.h"
#include "core/task/error.h"

#include <gmock/gmock.h>

#include <ATen/ATen.h>

#include <cmath>

namespace residuum::test {
namespace {

using ::testing::HasSubstr;

double metricOf(const Weights& weights, const AnswerTokens& answer, const at::Tensor& final) {
    const auto logits =
        at::matmul(normalize(final, weights.ln_f), weights.W_U_rows.t()).select(0, 0);
    return (logits[answer.correct.value] - logits[answer.incorrect.value]).item<double>();
}

/// Two lengths; prompts that differ early, late and at two places.
PairTokens somePairs() {
    return randomPairs({{7, {1, 4}}, {7, {5}}, {9, {3}}, {7, {6}}}, 60, 9);
}

PatchRequest asked(int check, const std::string& sizes) {
    PatchRequest request;
    request.methods = {PatchMethod::Eap};
    request.checkEdges = check;
    request.faithfulness = Codec<CircuitSizes>::parse(sizes, {}, {});
    request.randomCircuits = 2;
    return request;
}

class EdgeStudies : public ::testing::TestWithParam<Sites> {
  protected:
    std::shared_ptr<const PatchResult> compute(const PatchRequest& request,
                                               const PatchLimits& limits = {}) {
        Progress progress;
        return patchPairs(*model_, pairs_, request, progress, limits);
    }

    TemporaryFolder folder_;
    std::shared_ptr<const Model> model_ = randomModel(folder_, GetParam(), DType::Float64);
    const Weights& weights_ = model_->weights();
    PairTokens pairs_ = somePairs();
};

TEST_P(EdgeStudies, EveryCheckedEdgeIsAPassOfItsOwn) {
    const auto edges = static_cast<int>(edgeCount(weights_.config));
    for (const auto direction :
         {PatchDirection::CleanIntoCorrupt, PatchDirection::CorruptIntoClean}) {
        auto request = asked(edges, "none");
        request.direction = direction;
        const auto result = compute(request);
        const auto& grid = result->edges.at(0);
        ASSERT_EQ(grid.checked.size(), static_cast<std::size_t>(edges));
        double worst = 0.0;
        for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
            const bool intoCorrupt = direction == PatchDirection::CleanIntoCorrupt;
            const auto clean = tokenTensor(pairs_.clean.sequences[pair]),
                       corrupt = tokenTensor(pairs_.corrupt.sequences[pair]);
            const auto base = intoCorrupt ? corrupt : clean;
            const auto baseRun = naiveActivations(weights_, base),
                       source = naiveActivations(weights_, intoCorrupt ? clean : corrupt);
            const double atBase =
                intoCorrupt ? result->corruptMetric[pair] : result->cleanMetric[pair];
            for (std::size_t i = 0; i < grid.checked.size(); ++i) {
                const auto ends = edgeNamed(grid, grid.checked[i]);
                ASSERT_TRUE(ends);
                const auto& sender = grid.senders[ends->first];
                const auto change =
                    naiveOutput(weights_, source, sender) - naiveOutput(weights_, baseRun, sender);
                const double expected = metricOf(weights_, pairs_.answer(pair),
                                                 naiveEdge(weights_, base, baseRun,
                                                           grid.receivers[ends->second], change)) -
                                        atBase;
                const double have =
                    grid.exact(static_cast<Eigen::Index>(pair), static_cast<Eigen::Index>(i));
                ASSERT_NEAR(have, expected, 1e-10) << grid.checked[i] << ", pair " << pair;
                worst = std::max(worst, std::abs(have - expected));
            }
        }
        std::printf("%s: edges patched exactly off by at most %.2g\n", name(GetParam()).c_str(),
                    worst);
    }
}

TEST_P(EdgeStudies, CircuitsAreRunsOfTheirEdgesAlone) {
    const auto& config = weights_.config;
    const auto request = asked(0, "0,1,5,20,60,120,200,all");
    const auto result = compute(request);
    const auto& grid = result->edges.at(0);
    const auto& sizes = result->circuits.sizes;
    ASSERT_EQ(sizes.back(), edgeCount(config));
    const auto ranked = rankedEdges(grid.mean, config, edgeCount(config));
    for (std::size_t pair = 0; pair < pairs_.size(); ++pair) {
        const auto row = static_cast<Eigen::Index>(pair);
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            std::set<std::pair<std::string, std::string>> kept;
            for (std::int32_t n = 0; n < sizes[i]; ++n) {
                const auto& edge = ranked[static_cast<std::size_t>(n)];
                kept.insert({grid.senders[static_cast<std::size_t>(edge.sender)],
                             grid.receivers[static_cast<std::size_t>(edge.receiver)]});
            }
            const double expected =
                metricOf(weights_, pairs_.answer(pair),
                         naiveCircuit(weights_, tokenTensor(pairs_.clean.sequences[pair]),
                                      tokenTensor(pairs_.corrupt.sequences[pair]), kept));
            EXPECT_NEAR(grid.kept(row, static_cast<Eigen::Index>(i)), expected, 1e-10)
                << sizes[i] << " edges, pair " << pair;
        }
        EXPECT_NEAR(grid.kept(row, 0), result->corruptMetric[pair], 1e-12);
        EXPECT_NEAR(grid.kept(row, grid.kept.cols() - 1), result->cleanMetric[pair], 1e-10);
    }
    const auto curve = faithfulnessCurve(grid, *result);
    EXPECT_NEAR(curve.kept.front(), 0.0, 1e-10);
    EXPECT_NEAR(curve.kept.back(), 1.0, 1e-8);
    EXPECT_NEAR(curve.random.front(), 0.0, 1e-10);
    EXPECT_NEAR(curve.randomLow.back(), 1.0, 1e-8);
    EXPECT_NEAR(curve.randomHigh.back(), 1.0, 1e-8);
}

INSTANTIATE_TEST_SUITE_P(Models, EdgeStudies,
                         ::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::RmsNorm,
                                           Sites::Outside, Sites::DynamicTanh, Sites::Mixed,
                                           Sites::Scaled),
                         [](const auto& tested) { return name(tested.param); });

class EdgeStudyOf : public ::testing::Test {
  protected:
    std::shared_ptr<const PatchResult> compute(const PatchRequest& request,
                                               const PatchLimits& limits = {}) {
        Progress progress;
        return patchPairs(*model_, pairs_, request, progress, limits);
    }

    TemporaryFolder folder_;
    std::shared_ptr<const Model> model_ = randomModel(folder_, Sites::Mixed, DType::Float64);
    PairTokens pairs_ = somePairs();
};

TEST_F(EdgeStudyOf, CircuitsDoNotDependOnTheDirectionOrOnMemory) {
    auto request = asked(3, "10,50,all");
    request.methods = {PatchMethod::EapIg};
    const auto usual = compute(request);
    const auto little = compute(request, {1});
    for (Eigen::Index row = 0; row < 4; ++row) {
        for (Eigen::Index i = 0; i < 3; ++i) {
            EXPECT_NEAR(little->edges[0].kept(row, i), usual->edges[0].kept(row, i), 1e-10);
            EXPECT_NEAR(little->edges[0].exact(row, i), usual->edges[0].exact(row, i), 1e-10);
        }
        for (Eigen::Index i = 0; i < 6; ++i)
            EXPECT_NEAR(little->circuits.random(row, i), usual->circuits.random(row, i), 1e-10);
    }
    request.direction = PatchDirection::CorruptIntoClean;
    const auto other = compute(request);
    for (Eigen::Index row = 0; row < 4; ++row) {
        EXPECT_NEAR(other->edges[0].kept(row, 2), other->cleanMetric[static_cast<std::size_t>(row)],
                    1e-10);
        for (Eigen::Index i = 0; i < 6; ++i) // the same draws
            EXPECT_NEAR(other->circuits.random(row, i), usual->circuits.random(row, i), 1e-10);
    }
}

TEST_F(EdgeStudyOf, GoesOnFromScoresThatAreThere) {
    auto request = asked(0, "none");
    const auto scores = compute(request);
    request = asked(4, "10,all");
    Progress progress;
    const auto whole = compute(request),
               wentOn = patchPairs(*model_, pairs_, request, progress, {}, {}, scores.get());
    EXPECT_EQ(wentOn->edges[0].checked, whole->edges[0].checked);
    EXPECT_TRUE((wentOn->edges[0].exact == whole->edges[0].exact).all());
    EXPECT_TRUE((wentOn->edges[0].kept == whole->edges[0].kept).all());
}

TEST_F(EdgeStudyOf, RandomCircuitsFollowTheirSeed) {
    auto request = asked(0, "100");
    const auto first = compute(request), again = compute(request);
    EXPECT_TRUE((first->circuits.random == again->circuits.random).all());
    request.circuitSeed = 1;
    EXPECT_FALSE((first->circuits.random == compute(request)->circuits.random).all());
}

TEST_F(EdgeStudyOf, TwoEstimatesHaveTheirOwnEdges) {
    auto request = asked(5, "3");
    request.methods = {PatchMethod::Eap, PatchMethod::EapIg};
    const auto result = compute(request);
    for (const auto& grid : result->edges) {
        ASSERT_EQ(grid.checked.size(), 5U);
        const auto checked = checkedEdges(grid);
        for (std::size_t i = 1; i < checked.size(); ++i)
            EXPECT_GE(std::abs(checked[i - 1].estimate), std::abs(checked[i].estimate));
        EXPECT_GT(edgeAgreement(checked)->pearson, 0.5);
        EXPECT_FALSE(grid.exact.isNaN().any());
        EXPECT_FALSE(grid.kept.isNaN().any());
    }
}

TEST_F(EdgeStudyOf, IsRefusedWithoutScores) {
    PatchRequest request;
    request.checkEdges = 5;
    try {
        compute(request);
        FAIL();
    } catch (const UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("eap or eap-ig is needed"));
    }
}

TEST(Circuit, IsWhatLiesOnAPathThroughIt) {
    const auto config = syntheticConfig(2, 2, 8, 20, 8);
    const auto senders = edgeSenders(config), receivers = edgeReceivers(config);
    const auto edge = [&](const std::string& from, const std::string& to) {
        return EdgePlace{
            static_cast<std::int32_t>(std::find(senders.begin(), senders.end(), from) -
                                      senders.begin()),
            static_cast<std::int32_t>(std::find(receivers.begin(), receivers.end(), to) -
                                      receivers.begin())};
    };
    const auto count = [](const Circuit& circuit) {
        std::size_t edges = 0;
        for (const auto& of : circuit.senders)
            edges += of.size();
        return edges;
    };
    // Nothing that the embedding reaches, nothing that reaches the logits.
    const std::vector none{edge("L0H0", "logits"), edge("embed", "L0H1.q"), edge("L0H1", "L1.mlp")};
    EXPECT_TRUE(circuitOf(none, config).empty());
    auto some = none;
    some.push_back(edge("L1.mlp", "logits"));
    EXPECT_EQ(count(circuitOf(some, config)), 3U);
    EXPECT_EQ(count(circuitOf(everyEdge(config), config)),
              static_cast<std::size_t>(edgeCount(config)));
}

TEST(CircuitSizesOf, AreReadAsTheyAreWritten) {
    for (const std::string text : {"none", "1,2,5", "powers,all", "3,powers", "0,7,all"})
        EXPECT_EQ(Codec<CircuitSizes>::text(Codec<CircuitSizes>::parse(text, {}, {})), text);
    EXPECT_THAT(Codec<CircuitSizes>::parse("powers,all,3", {}, {}).of(24),
                ::testing::ElementsAre(1, 2, 3, 5, 10, 20, 24));
    EXPECT_THROW(Codec<CircuitSizes>::parse("some", {"--faithfulness"}, {}), UsageError);
}

} // namespace
} // namespace residuum::test

// Exact patching equals one plain full forward pass per patch: every site, both directions, every
// metric, every kind of normalisation site.
#include "naive_patching.h"
#include "patching_support.h"

#include "analysis/patching/patch_analysis.h"
#include "core/model/norm.h"
#include "core/task/error.h"

#include <gmock/gmock.h>

#include <ATen/ATen.h>

namespace residuum::test {
namespace {

using ::testing::HasSubstr;

double naiveMetric(const Weights& weights, PatchMetric metric, const AnswerTokens& answer,
                   const at::Tensor& final, const at::Tensor& cleanFinal) {
    const auto logits = [&](const at::Tensor& resid) {
        return at::matmul(normalize(resid, weights.ln_f), weights.W_U_rows.t()).select(0, 0);
    };
    const auto own = at::log_softmax(logits(final), -1),
               clean = at::log_softmax(logits(cleanFinal), -1);
    const auto mean = [](TokenId first, std::vector<TokenId> side, const at::Tensor& values) {
        side.push_back(first);
        double sum = 0.0;
        for (const auto token : side)
            sum += values[token.value].item<double>();
        return sum / static_cast<double>(side.size());
    };
    const auto correct = [&](const at::Tensor& values) {
        return mean(answer.correct, answer.moreCorrect, values);
    };
    switch (metric) {
    case PatchMetric::LogitDiff:
        return correct(own) - mean(answer.incorrect, answer.moreIncorrect, own);
    case PatchMetric::Prob:
        return correct(own.exp());
    case PatchMetric::LogProb:
        return correct(own);
    case PatchMetric::Kl:
        return (clean.exp() * (clean - own)).sum().item<double>();
    }
    return 0.0;
}

/// Every cell of every grid against a forward pass of its own.
void expectNaive(const Model& model, const PairTokens& pairs, const PatchRequest& request,
                 double tolerance, const PatchLimits& limits = {}) {
    const auto& weights = model.weights();
    Progress progress;
    const auto result = patchPairs(model, pairs, request, progress, limits);
    std::vector<NeuronPlace> neurons;
    for (const auto& label : result->neurons) {
        NeuronPlace place;
        ASSERT_EQ(std::sscanf(label.c_str(), "L%dN%d", &place.layer, &place.neuron), 2);
        neurons.push_back(place);
    }
    const NaiveHook nothing = [](int, const std::string&, at::Tensor&) {};
    for (std::size_t pair = 0; pair < pairs.size(); ++pair) {
        const auto clean = tokenTensor(pairs.clean.sequences[pair]);
        const auto corrupt = tokenTensor(pairs.corrupt.sequences[pair]);
        const bool intoCorrupt = request.direction == PatchDirection::CleanIntoCorrupt;
        const auto& base = intoCorrupt ? corrupt : clean;
        const auto cleanFinal = naiveForward(weights, clean, nothing);
        const auto metric = [&](const at::Tensor& final) {
            return naiveMetric(weights, request.metric, pairs.answer(pair), final, cleanFinal);
        };
        const auto source = naiveActivations(weights, intoCorrupt ? clean : corrupt);
        const double atBase = metric(naiveForward(weights, base, nothing));
        EXPECT_NEAR(result->cleanMetric[pair], metric(cleanFinal), tolerance);
        EXPECT_NEAR(result->corruptMetric[pair], metric(naiveForward(weights, corrupt, nothing)),
                    tolerance);
        for (const auto& grid : result->grids) {
            const auto width = axesOf(grid.site).pos ? grid.shape.back() : 1;
            const auto cells = cellsOf(grid.site, weights.config, static_cast<int>(base.size(0)),
                                       static_cast<int>(width), neurons);
            ASSERT_FALSE(cells.empty());
            for (const auto& cell : cells) {
                const double naive = metric(naivePatch(weights, base, source, cell)) - atBase;
                ASSERT_NEAR(grid.values(static_cast<Eigen::Index>(pair), cell.index), naive,
                            tolerance)
                    << name(grid.site) << " layer " << cell.layer << " head " << cell.head
                    << " pos " << cell.pos << " neuron " << cell.neuron << " pair " << pair;
            }
        }
    }
}

PatchRequest everySite(PatchDirection direction, PatchMetric metric) {
    PatchRequest request;
    request.sites = allPatchSites();
    request.methods = {PatchMethod::Exact};
    request.direction = direction;
    request.metric = metric;
    request.neurons = 8;
    return request;
}

/// Of several lengths, first differing at 0, in the middle, and at the end alone.
PairTokens somePairs() {
    return randomPairs({{7, {0, 3, 6}}, {7, {2}}, {10, {4, 5}}, {5, {4}}, {1, {0}}}, 60, 3);
}

class ExactPatching : public ::testing::TestWithParam<std::tuple<Sites, PatchDirection>> {};

TEST_P(ExactPatching, EqualsOneForwardPassPerPatch) {
    const TemporaryFolder folder;
    const auto [sites, direction] = GetParam();
    const auto model = randomModel(folder, sites, DType::Float64);
    for (const auto metric :
         {PatchMetric::LogitDiff, PatchMetric::Prob, PatchMetric::LogProb, PatchMetric::Kl})
        if (metric != PatchMetric::Kl || direction == PatchDirection::CleanIntoCorrupt)
            expectNaive(*model, somePairs(), everySite(direction, metric), 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Models, ExactPatching,
                         ::testing::Combine(::testing::Values(Sites::LayerNorm, Sites::Removed,
                                                              Sites::RmsNorm, Sites::DynamicTanh,
                                                              Sites::Mixed, Sites::Scaled),
                                            ::testing::Values(PatchDirection::CleanIntoCorrupt,
                                                              PatchDirection::CorruptIntoClean)),
                         [](const auto& tested) {
                             const bool mirror = std::get<PatchDirection>(tested.param) ==
                                                 PatchDirection::CorruptIntoClean;
                             return name(std::get<Sites>(tested.param)) + (mirror ? "Mirror" : "");
                         });

/// One answer a side, three and one, one and two.
PairTokens severalAnswers() {
    auto pairs = randomPairs({{7, {2}}, {7, {0, 3}}, {7, {4}}}, 60, 3);
    for (auto* more : {&pairs.moreCorrect, &pairs.moreIncorrect})
        more->sequences.resize(3);
    pairs.moreCorrect.sequences[1].tokens = {TokenId(11), TokenId(50)};
    pairs.moreIncorrect.sequences[2].tokens = {TokenId(8)};
    return pairs;
}

TEST(ExactPatching, SeveralAnswersAreAveraged) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, Sites::LayerNorm, DType::Float64);
    for (const auto metric : {PatchMetric::LogitDiff, PatchMetric::Prob, PatchMetric::LogProb})
        expectNaive(*model, severalAnswers(), everySite(PatchDirection::CleanIntoCorrupt, metric),
                    1e-12);
}

/// Integrated gradients of layer 0's residual stream add up to the metric's gap, whatever it is.
TEST(ExactPatching, GradientsOfSeveralAnswersAreTheirMeans) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, Sites::LayerNorm, DType::Float64);
    for (const auto metric : {PatchMetric::LogitDiff, PatchMetric::Prob, PatchMetric::LogProb}) {
        PatchRequest request;
        request.methods = {PatchMethod::IntegratedGradients};
        request.metric = metric;
        request.steps = 200;
        Progress progress;
        const auto result = patchPairs(*model, severalAnswers(), request, progress);
        for (std::size_t pair = 0; pair < 3; ++pair) {
            const auto row = static_cast<Eigen::Index>(pair);
            const double sum = result->grids[0].values.row(row).head(7).sum();
            EXPECT_NEAR(sum, result->gap(pair), 1e-4 * std::abs(result->gap(pair)) + 1e-8)
                << name(metric) << pair;
        }
    }
}

TEST(ExactPatching, HoldsWhereTheValueSiteDiffers) {
    const auto model = openModel(golden() / "formats" / "half-removed", DType::Float64);
    const auto& config = model->info().config;
    expectNaive(*model, randomPairs({{6, {1, 2}}, {8, {0, 7}}}, config.d_vocab, 5),
                everySite(PatchDirection::CleanIntoCorrupt, PatchMetric::LogitDiff), 1e-11);
}

TEST(ExactPatching, HoldsInSmallBatchesAndGroups) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, Sites::LayerNorm, DType::Float64);
    expectNaive(*model, somePairs(),
                everySite(PatchDirection::CleanIntoCorrupt, PatchMetric::LogitDiff), 1e-12,
                {.bytes = 1});
}

TEST(ExactPatching, HoldsInFloat32AndBfloat16) {
    const TemporaryFolder folder;
    const auto pairs = somePairs();
    const auto request = everySite(PatchDirection::CleanIntoCorrupt, PatchMetric::LogitDiff);
    expectNaive(*randomModel(folder, Sites::LayerNorm, DType::Float32), pairs, request, 1e-6);
    // Its attention goes the padded way.
    expectNaive(*randomModel(folder, Sites::LayerNorm, DType::BFloat16, 2), pairs, request, 0.05);
}

TEST(ExactPatching, UntouchedCellsAreExactlyZero) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, Sites::LayerNorm, DType::Float32);
    Progress progress;
    auto request = everySite(PatchDirection::CleanIntoCorrupt, PatchMetric::LogitDiff);
    request.methods.push_back(PatchMethod::Attribution);
    const auto result = patchPairs(*model, randomPairs({{9, {5}}}, 60, 1), request, progress);
    for (const auto& grid : result->grids) {
        if (!axesOf(grid.site).pos)
            continue;
        int touched = 0;
        for (Eigen::Index cell = 0; cell < grid.values.cols(); ++cell) {
            if (cell % 9 < 5) {
                EXPECT_EQ(grid.values(0, cell), 0.0);
            }
            touched += grid.values(0, cell) != 0.0;
        }
        EXPECT_GT(touched, 0) << name(grid.site);
    }
    // Block 0 reads the same tokens after the differing one.
    const auto* pre = result->find(PatchMethod::Exact, PatchSite::ResidPre);
    EXPECT_NE(pre->values(0, 5), 0.0);
    EXPECT_EQ(pre->values(0, 6), 0.0);
}

TEST(ExactPatching, WholeResidualStreamGivesTheSourceMetric) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, Sites::LayerNorm, DType::Float64);
    Progress progress;
    PatchRequest request;
    request.methods = {PatchMethod::Exact};
    const auto result = patchPairs(*model, randomPairs({{1, {0}}}, 60, 2), request, progress);
    for (Eigen::Index layer = 0; layer < 3; ++layer)
        EXPECT_NEAR(result->grids[0].values(0, layer), result->gap(0), 1e-12);
    EXPECT_NEAR(normalised(result->grids[0], *result)(0, 0), 1.0, 1e-10);
}

TEST(ExactPatching, ReportsPartialResultsAndCancels) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, Sites::LayerNorm, DType::Float32);
    std::stop_source stop;
    Progress progress(stop.get_token(), {});
    int reports = 0;
    const PartialPatch partial = [&](const std::shared_ptr<const PatchResult>& sofar) {
        ++reports;
        const auto* exact = sofar->find(PatchMethod::Exact, PatchSite::Z);
        const auto* estimate = sofar->find(PatchMethod::Attribution, PatchSite::Z);
        ASSERT_TRUE(exact != nullptr && estimate != nullptr);
        EXPECT_TRUE(exact->values.isNaN().all());
        EXPECT_FALSE(estimate->values.isNaN().any());
        stop.request_stop();
    };
    PatchRequest request;
    request.sites = {PatchSite::Z};
    EXPECT_THROW(patchPairs(*model, randomPairs({{9, {0}}}, 60, 1), request, progress, {}, partial),
                 Cancelled);
    EXPECT_EQ(reports, 1);
}

TEST(ExactPatching, ABrokenOffSweepIsTakenUpAgain) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, Sites::LayerNorm, DType::Float32);
    ResultCache cache({folder.path() / "cache", 1 << 30});
    PairInput input;
    input.tokens = randomPairs({{9, {0}}, {9, {1}}, {6, {0}}}, 60, 1);
    PatchRequest request;
    request.sites = {PatchSite::Z, PatchSite::MlpPost, PatchSite::ResidPre};
    const auto run = [&](std::stop_token stop, std::int64_t& steps,
                         const std::function<void()>& report) {
        Progress progress(
            stop, [&](const ProgressReport&) { report(); }, std::chrono::seconds(0));
        ++steps;
        Job<PatchResult> job(progress);
        job.memory = 1;
        return answer<PatchAnalysis>(&cache, CacheUse::ReadAndWrite, *model, input, request, job);
    };
    std::int64_t runs = 0;
    // Stopped at the third report of its own progress: in the midst of the first group's sweeps.
    std::stop_source stop;
    int reports = 0;
    EXPECT_THROW(run(stop.get_token(), runs,
                     [&] {
                         if (++reports == 20)
                             stop.request_stop();
                     }),
                 Cancelled);
    EXPECT_EQ(cache.info().results, 1U);
    int reportsAfter = 0;
    const auto resumed = run({}, runs, [&] { ++reportsAfter; });
    EXPECT_FALSE(resumed.fromCache);
    Progress progress;
    int reportsWhole = 0;
    Progress counting(
        {}, [&](const ProgressReport&) { ++reportsWhole; }, std::chrono::seconds(0));
    const auto whole = patchPairs(*model, input.tokens, request, counting, {.bytes = 1});
    EXPECT_LT(reportsAfter, reportsWhole); // fewer batches
    for (const auto& grid : whole->grids) {
        const auto* other = resumed.result->find(grid.method, grid.site);
        ASSERT_NE(other, nullptr);
        ASSERT_EQ(other->values.size(), grid.values.size());
        for (Eigen::Index i = 0; i < grid.values.size(); ++i) {
            const double a = grid.values.data()[i], b = other->values.data()[i];
            EXPECT_TRUE((std::isnan(a) && std::isnan(b)) || std::abs(a - b) < 1e-6);
        }
    }
}

TEST(ExactPatching, RefusesInWords) {
    const TemporaryFolder folder;
    const auto model = randomModel(folder, Sites::LayerNorm, DType::Float32);
    const auto pairs = randomPairs({{6, {2}}}, 60, 1);
    const auto why = [&](const PairTokens& asked, const PatchRequest& request = {}) {
        try {
            Progress progress;
            patchPairs(*model, asked, request, progress);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("nothing");
    };
    auto unequal = pairs;
    unequal.corrupt.sequences[0].tokens.pop_back();
    EXPECT_THAT(why(unequal), HasSubstr("clean prompt has 6 tokens, the corrupted one 5"));
    auto same = pairs;
    same.corrupt = same.clean;
    EXPECT_THAT(why(same), HasSubstr("same tokens"));
    auto coinciding = pairs;
    coinciding.answers.sequences[0].tokens[1] = coinciding.answer(0).correct;
    EXPECT_THAT(why(coinciding), HasSubstr("same token"));
    auto outside = pairs;
    outside.answers.sequences[0].tokens[1] = TokenId(60);
    EXPECT_THAT(why(outside), HasSubstr("outside the vocabulary"));
    PatchRequest zeroGradient;
    zeroGradient.metric = PatchMetric::Kl;
    zeroGradient.direction = PatchDirection::CorruptIntoClean;
    EXPECT_THAT(why(pairs, zeroGradient), HasSubstr("gradient of zero"));
    PatchRequest path;
    path.methods = {PatchMethod::Path};
    path.sender = "L1H0";
    path.receivers = {"L0.mlp"};
    EXPECT_THAT(why(pairs, path), HasSubstr("no path leads"));
}

TEST(ExactPatching, AMetricGapOfZeroIsNamed) {
    PatchResult result;
    result.cleanMetric = {1.0, 2.0};
    result.corruptMetric = {1.0, 1.0};
    PatchGrid grid;
    grid.values = Table::Constant(2, 3, 0.5);
    EXPECT_EQ(promptsWithoutGap(result), std::vector<std::size_t>{0});
    EXPECT_TRUE(normalised(grid, result).row(0).isNaN().all());
    EXPECT_DOUBLE_EQ(normalised(grid, result)(1, 0), 0.5);
}

TEST(ExactPatching, AMetricGapOfRoundingIsNone) {
    PatchGrid grid;
    grid.values = Table::Constant(1, 1, 0.5);
    const auto flat = [&](PatchMetric metric, DType dtype, double clean, double gap) {
        PatchResult result;
        result.request.metric = metric;
        result.model.numeric.dtype = dtype;
        result.cleanMetric = {clean + gap};
        result.corruptMetric = {clean};
        const bool undefined = promptsWithoutGap(result) == std::vector<std::size_t>{0};
        EXPECT_EQ(std::isnan(normalised(grid, result)(0, 0)), undefined);
        return undefined;
    };
    for (const auto metric : {PatchMetric::LogitDiff, PatchMetric::LogProb, PatchMetric::Kl}) {
        EXPECT_TRUE(flat(metric, DType::Float32, 0.25, 1e-7)) << name(metric);
        EXPECT_TRUE(flat(metric, DType::Float32, -90.0, 1e-4)) << name(metric);
        EXPECT_FALSE(flat(metric, DType::Float32, 0.25, 1e-3)) << name(metric);
        EXPECT_FALSE(flat(metric, DType::Float64, 0.25, 1e-7)) << name(metric);
        EXPECT_TRUE(flat(metric, DType::BFloat16, 0.25, 0.1)) << name(metric);
    }
    // A small probability has small roundings.
    EXPECT_FALSE(flat(PatchMetric::Prob, DType::Float32, 1e-9, 1e-10));
    EXPECT_TRUE(flat(PatchMetric::Prob, DType::Float32, 1e-9, 1e-15));
    EXPECT_TRUE(flat(PatchMetric::Prob, DType::Float32, 0.5, 1e-7));
    EXPECT_TRUE(flat(PatchMetric::Prob, DType::Float32, 0.0, 0.0));
}

TEST(ExactPatching, AGapFarBelowTheSetsIsNone) {
    PatchResult result;
    result.model.numeric.dtype = DType::Float64;
    result.cleanMetric = {1.0, 4.0, 0.9e-4, 1.1e-4, 1.0};
    result.corruptMetric = {0.0, 0.0, 0.0, 0.0, 0.0};
    EXPECT_EQ(promptsWithoutGap(result), std::vector<std::size_t>{2});
}

} // namespace
} // namespace residuum::test

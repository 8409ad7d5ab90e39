// Which cells are patched exactly, in which order, in turns.
#include "patching_support.h"

#include "analysis/patching/exact_choice.h"
#include "analysis/patching/patch_analysis.h"
#include "core/task/error.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace residuum::test {
namespace {

using ::testing::HasSubstr;

ModelConfig deep() {
    return syntheticConfig(12, 12, 48, 60, 100);
}

std::vector<std::int64_t> indices(const std::vector<PairCell>& order) {
    std::vector<std::int64_t> list;
    for (const auto& each : order)
        list.push_back(each.cell.index);
    return list;
}

TEST(ExactChoice, TheOrderHasEveryCellOnceAndIsAlwaysTheSame) {
    const auto order = exactOrder({PatchSite::ResidPre}, deep(), 100, 100, {}, 1);
    const auto list = indices(order);
    EXPECT_EQ(list.size(), 1200U);
    EXPECT_EQ(std::set(list.begin(), list.end()).size(), 1200U);
    EXPECT_EQ(list, indices(exactOrder({PatchSite::ResidPre}, deep(), 100, 100, {}, 1)));
}

/// A correlation over what is there so far must not be one of late layers or late positions.
TEST(ExactChoice, TheFirstCellsAreAFairSample) {
    const auto order = exactOrder({PatchSite::ResidPre}, deep(), 100, 100, {}, 1);
    double layers = 0.0, positions = 0.0;
    std::set<int> met;
    constexpr std::size_t some = 240;
    for (std::size_t i = 0; i < some; ++i) {
        layers += order[i].cell.layer;
        positions += order[i].cell.pos;
        met.insert(order[i].cell.layer);
    }
    EXPECT_NEAR(layers / some, 5.5, 1.5);
    EXPECT_NEAR(positions / some, 49.5, 8.0);
    EXPECT_GE(met.size(), 10U);
}

/// Cells of one layer share a resumed pass.
TEST(ExactChoice, NeighboursInTheOrderAreOfOneLayer) {
    const auto order = exactOrder({PatchSite::ResidPre}, deep(), 100, 100, {}, 1);
    int changes = 0;
    for (std::size_t i = 1; i < order.size(); ++i)
        changes += order[i].cell.layer != order[i - 1].cell.layer ? 1 : 0;
    EXPECT_LT(changes, static_cast<int>(order.size()) / 6);
}

class Sweep : public ::testing::Test {
  protected:
    std::shared_ptr<const PatchResult> run(const PatchRequest& request,
                                           const PatchResult* begun = nullptr,
                                           const PatchPauses& pauses = {}) {
        Progress progress;
        return patchPairs(
            *model, pairs, request, progress, {.bytes = 1},
            [this](const std::shared_ptr<const PatchResult>& sofar) { last = sofar; }, begun,
            nullptr, pauses);
    }

    TemporaryFolder folder;
    std::shared_ptr<const Model> model = randomModel(folder, Sites::LayerNorm, DType::Float32);
    PairTokens pairs = randomPairs({{12, {1, 5}}}, 60, 1);
    std::shared_ptr<const PatchResult> last; ///< what was published last
};

TEST_F(Sweep, TheTopCellsAreExactAndNoOthers) {
    PatchRequest request;
    const auto whole = run(request);
    request.cells = {7};
    const auto top = run(request);
    const auto& exact = top->find(PatchMethod::Exact, PatchSite::ResidPre)->values;
    const auto& all = whole->find(PatchMethod::Exact, PatchSite::ResidPre)->values;
    const auto& estimate = top->find(PatchMethod::Attribution, PatchSite::ResidPre)->values;
    double least = std::numeric_limits<double>::infinity(), most = 0.0;
    int known = 0;
    for (Eigen::Index cell = 0; cell < exact.cols(); ++cell) {
        const double size = std::abs(estimate(0, cell));
        if (std::isnan(exact(0, cell))) {
            most = std::max(most, size);
        } else if (all(0, cell) != 0.0) {
            ++known;
            least = std::min(least, size);
            EXPECT_NEAR(exact(0, cell), all(0, cell), 1e-6);
        }
    }
    EXPECT_EQ(known, 7);
    EXPECT_GE(least, most);
}

TEST_F(Sweep, TopCellsNeedAnEstimateAndOnePair) {
    const auto why = [&](const PatchRequest& request) {
        try {
            run(request);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("nothing");
    };
    PatchRequest request;
    request.cells = {7};
    request.methods = {PatchMethod::Exact};
    EXPECT_THAT(why(request), HasSubstr("chosen by an estimate"));
    request.methods = {PatchMethod::Attribution, PatchMethod::Exact};
    pairs = randomPairs({{12, {1}}, {12, {2}}}, 60, 1);
    EXPECT_THAT(why(request), HasSubstr("there are 2 pairs"));
}

TEST_F(Sweep, PausesAfterTheEstimatesThenAfterAFewCellsWithAForecast) {
    const PatchRequest request;
    EXPECT_THROW(run(request, nullptr, [](double, double) { return true; }), Paused);
    const auto estimates = last;
    EXPECT_TRUE(estimates->find(PatchMethod::Exact, PatchSite::ResidPre)->values.isNaN().all());
    EXPECT_FALSE(
        estimates->find(PatchMethod::Attribution, PatchSite::ResidPre)->values.isNaN().any());
    EXPECT_TRUE(estimates->ahead.empty());

    const auto afterCells = [](double, double working) { return working > 0.0; };
    EXPECT_THROW(run(request, estimates.get(), afterCells), Paused);
    const auto timed = last;
    ASSERT_FALSE(timed->ahead.empty());
    const auto& ahead = timed->ahead.front();
    EXPECT_EQ(ahead.choice, request.cells);
    EXPECT_GT(ahead.seconds, 0.0);
    EXPECT_GT(ahead.missing, 0);
    EXPECT_LT(ahead.missing, ahead.cells);
    EXPECT_EQ(timed->find(PatchMethod::Attribution, PatchSite::ResidPre)->values(0, 3),
              estimates->find(PatchMethod::Attribution, PatchSite::ResidPre)->values(0, 3));

    const auto turns = [&] { // one unit each
        int count = 0;
        auto begun = timed;
        while (true) {
            ++count;
            try {
                return std::pair(run(request, begun.get(), afterCells), count);
            } catch (const Paused&) {
                EXPECT_LT(last->ahead.front().missing, begun->ahead.front().missing);
                begun = last;
            }
        }
    }();
    EXPECT_GT(turns.second, 2);
    const auto whole = run(request);
    for (const auto& grid : whole->grids) {
        const auto& other = *turns.first->find(grid.method, grid.site);
        for (Eigen::Index i = 0; i < grid.values.size(); ++i)
            EXPECT_NEAR(grid.values.data()[i], other.values.data()[i], 1e-6);
    }
}

TEST_F(Sweep, AnotherChoiceGoesOnFromWhatIsThere) {
    PatchRequest request;
    const auto whole = run(request);
    request.cells = {5};
    const auto top = run(request, whole.get(), [](double, double working) {
        return working > 0.0; // nothing is computed that is there
    });
    int known = 0;
    for (const double value : top->find(PatchMethod::Exact, PatchSite::ResidPre)->values.reshaped())
        known += std::isnan(value) || value == 0.0 ? 0 : 1;
    EXPECT_EQ(known, 5);
}

TEST(ExactChoice, RequestsWithoutAChoiceKeepTheirKeys) {
    PatchRequest request;
    EXPECT_THAT(PatchAnalysis::settings(request), ::testing::Not(HasSubstr("cells")));
    request.cells = {200};
    EXPECT_THAT(PatchAnalysis::settings(request), HasSubstr(R"("cells":"top:200")"));
    EXPECT_THROW(Codec<ExactCells>::parse("top:0", {"--cells"}, {}), UsageError);
    EXPECT_THROW(Codec<ExactCells>::parse("some", {"--cells"}, {}), UsageError);
    EXPECT_EQ(Codec<ExactCells>::parse("top:30", {"--cells"}, {}), ExactCells{30});
}

PatchResult answering(PatchMetric metric, double clean, double corrupt) {
    PatchResult result;
    result.request.metric = metric;
    result.cleanMetric = {clean};
    result.corruptMetric = {corrupt};
    return result;
}

TEST(TaskProblem, IsSaidWhereTheModelDoesNotDoTheTask) {
    using enum PatchMetric;
    EXPECT_EQ(taskProblem(answering(LogitDiff, 3.0, -2.0), 0), "");
    EXPECT_THAT(taskProblem(answering(LogitDiff, -0.5, -2.0), 0), HasSubstr("answer is wrong"));
    EXPECT_THAT(taskProblem(answering(LogitDiff, 1.0, 2.0), 0), HasSubstr("answers better"));
    EXPECT_THAT(taskProblem(answering(LogitDiff, 1.05, 1.0), 0), HasSubstr("hardly"));
    EXPECT_THAT(taskProblem(answering(LogitDiff, 1.0, 1.0), 0), HasSubstr("rounding"));
    EXPECT_EQ(taskProblem(answering(Prob, 0.01, 0.001), 0), "");
    EXPECT_THAT(taskProblem(answering(Prob, 0.5, 0.49), 0), HasSubstr("hardly"));
    EXPECT_EQ(taskProblem(answering(Kl, 0.0, 1.0), 0), "");
}

} // namespace
} // namespace residuum::test

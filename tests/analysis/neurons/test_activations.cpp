// Activations that a study keeps, and their statistics.
#include "neurons_support.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace residuum::test {
namespace {

TEST(Activations, ActivationsAreKeptAtEveryPosition) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::LayerNorm);
    const auto input = randomInput({7, 1, 12});
    NeuronRequest request;
    request.choice = parseNeuronChoice("5,90");
    request.layer = 1;
    request.perToken = true;
    const auto result = study(*model, input, request);
    ASSERT_EQ(result->activation.cols(), 3 * 12);
    Progress progress;
    for (const int s : {0, 2}) {
        const auto length =
            static_cast<Eigen::Index>(input.sequences[static_cast<std::size_t>(s)].tokens.size());
        const auto want = neuronActivations(*model, input.sequences[static_cast<std::size_t>(s)],
                                            LayerIndex(1), request.choice.named, progress);
        EXPECT_TRUE((result->activation.middleCols(s * 12, length) - want).abs().maxCoeff() <
                    1e-14);
    }
    EXPECT_TRUE(result->activation.middleCols(7, 5).isNaN().all());
    EXPECT_TRUE(result->activation.middleCols(12, 12).isNaN().all());
}

TEST(Activations, StatisticsAreThoseOfTheActivations) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::LayerNorm);
    const auto input = randomInput({9, 15});
    NeuronRequest request;
    request.choice = parseNeuronChoice("4");
    const auto result = study(*model, input, request);
    std::vector<double> all;
    Progress progress;
    for (const auto& sequence : input.sequences) {
        auto row =
            values(neuronActivations(*model, sequence, result->layer, {NeuronIndex(4)}, progress));
        row.pop_back();
        all.insert(all.end(), row.begin(), row.end());
    }
    ASSERT_EQ(all.size(), result->tokens.size());
    const double average =
        std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
    double square = 0.0;
    for (const double value : all)
        square += (value - average) * (value - average);
    EXPECT_NEAR(result->activations.mean[4], average, 1e-14);
    EXPECT_NEAR(result->activations.deviation[4], std::sqrt(square / double(all.size())), 1e-14);
    EXPECT_EQ(result->activations.most[4], *std::max_element(all.begin(), all.end()));
    EXPECT_EQ(result->activations.least[4], *std::min_element(all.begin(), all.end()));
    const auto top = static_cast<std::size_t>(result->activations.topToken(4, 0));
    EXPECT_EQ(all[top], result->activations.most[4]);
    EXPECT_EQ(result->activations.topActivation(4, 0), result->activations.most[4]);
}

} // namespace
} // namespace residuum::test

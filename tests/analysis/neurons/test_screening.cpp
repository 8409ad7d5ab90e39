#include "core/task/error.h"
#include "neurons_support.h"

#include <Eigen/LU>
#include <gtest/gtest.h>

#include <cmath>

namespace residuum::test {
namespace {

class Screening : public ::testing::TestWithParam<std::pair<Sites, DType>> {};

TEST_P(Screening, ExactValuesLieWithinItsBound) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, GetParam().first, GetParam().second);
    NeuronRequest request;
    request.choice.kind = ChoiceKind::All;
    request.screen = true;
    const auto result = study(*model, randomInput({24, 24, 3, 11}), request);
    ASSERT_TRUE(result->screening);
    double useful = 0.0;
    for (Eigen::Index n = 0; n < result->chosen.mean.rows(); ++n)
        for (int e = 0; e < effectCount; ++e) {
            const double bound = result->screening->bound(n, e);
            EXPECT_GT(bound, 0.0);
            EXPECT_LE(std::abs(result->screening->mean(n, e) - result->chosen.mean(n, e)), bound)
                << n << " " << e;
            EXPECT_LE(std::abs(result->screening->meanAbs(n, e) - result->chosen.meanAbs(n, e)),
                      bound)
                << n << " " << e;
            useful += bound < 0.5 * result->chosen.meanAbs(n, e) ? 1.0 : 0.0;
        }
    // A bound as large as the values would say nothing.
    EXPECT_GT(useful / static_cast<double>(result->chosen.mean.size()), 0.5);
}

INSTANTIATE_TEST_SUITE_P(Models, Screening,
                         ::testing::Values(std::pair{Sites::LayerNorm, DType::Float64},
                                           std::pair{Sites::Removed, DType::Float64},
                                           std::pair{Sites::RmsNorm, DType::Float64},
                                           std::pair{Sites::Mixed, DType::Float64},
                                           std::pair{Sites::LayerNorm, DType::Float32},
                                           std::pair{Sites::RmsNorm, DType::Float32}),
                         [](const auto& tested) {
                             return name(tested.param.first) + name(tested.param.second);
                         });

TEST(ScreeningOfGates, IsRefusedWhereEveryFeatureHasItsOwn) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::DynamicTanh);
    NeuronRequest screened, ranked;
    screened.screen = true;
    ranked.by = NeuronRank::TotalEntropy;
    for (const auto& request : {screened, ranked}) {
        try {
            study(*model, randomInput({9}), request);
            FAIL() << "screened without a bound";
        } catch (const Error& error) {
            EXPECT_NE(error.reason().find("DyT, alpha 20"), std::string::npos) << error.what();
            EXPECT_NE(error.reason().find("gate per feature"), std::string::npos) << error.what();
        }
    }
}

/// A neuron whose vector lies where W_U is zero: what is left of its logits is rounding, which the
/// bound must allow for however small the estimate is.
TEST(ScreeningRounding, ANullSpaceNeuronIsWithinItsBoundInFloat32) {
    constexpr int width = 32, vocabulary = 20, planted = 17;
    const TemporaryFolder folder;
    std::vector<float> unembed, gain;
    const auto look = [&](const std::string& name, std::vector<float>& values) {
        if (name == "wte.weight")
            unembed = values;
        if (name == "ln_f.weight")
            gain = values;
    };
    writeChanged(folder, vocabulary, look);
    // Orthogonal to every folded row and to the ones, by Gram-Schmidt.
    Eigen::MatrixXd rows(vocabulary + 1, width);
    for (int v = 0; v < vocabulary; ++v)
        for (int i = 0; i < width; ++i)
            rows(v, i) = double(unembed[size_t(v * width + i)]) * double(gain[size_t(i)]);
    rows.row(vocabulary).setOnes();
    const Eigen::MatrixXd kernel = rows.fullPivLu().kernel();
    const Eigen::VectorXd vector = kernel.col(0).normalized() * 3.0;
    const auto place =
        writeChanged(folder, vocabulary, [&](const std::string& name, std::vector<float>& values) {
            if (name == "h.0.mlp.c_proj.weight")
                for (int i = 0; i < width; ++i)
                    values[size_t(planted * width + i)] = float(vector[i]);
        });
    const auto model = openAt(place, DType::Float32);
    NeuronRequest request;
    request.screen = true;
    request.choice = parseNeuronChoice("17");
    const auto result = study(*model, randomInput({24, 24}, 3, vocabulary), request);
    ASSERT_GT(result->weights.nullFraction(planted, 13), 0.999);
    for (int e = 0; e < effectCount; ++e) {
        const double bound = result->screening->bound(planted, e);
        EXPECT_LE(std::abs(result->screening->meanAbs(planted, e) - result->chosen.meanAbs(0, e)),
                  bound)
            << e;
        EXPECT_LT(bound, 1e-3) << "a bound that says nothing";
    }
}

TEST(ScreeningRank, TopNeuronsByEntropyAreTheOnesWithTheLargestEffect) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::LayerNorm);
    const auto input = randomInput({24, 24});
    NeuronRequest all;
    all.choice.kind = ChoiceKind::All;
    const auto exact = study(*model, input, all);
    NeuronRequest top;
    top.choice.top = 5;
    top.by = NeuronRank::TotalEntropy;
    const auto ranked = study(*model, input, top);
    ASSERT_TRUE(ranked->screening) << "the ranks' bound is part of the result";
    Eigen::Index best = 0;
    exact->chosen.meanAbs.col(int(Effect::TotalEntropy)).maxCoeff(&best);
    EXPECT_EQ(ranked->chosen.neurons.front().value, best);
}

} // namespace
} // namespace residuum::test

// Direct effects in float32 beside a component that dominates the residual stream, against float64.
#include "analysis/attribution/dla.h"

#include "support/paths.h"
#include "support/synthetic_model.h"

#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>

namespace residuum {
namespace {

/// Multiplies rows [first, first + count) of a float32 matrix.
void multiplyRows(std::vector<test::NamedTensor>& tensors, const std::string& name,
                  std::int64_t first, std::int64_t count, float factor) {
    for (auto& tensor : tensors) {
        if (tensor.name != name)
            continue;
        const auto width = tensor.shape.at(1);
        for (auto i = first * width; i < (first + count) * width; ++i) {
            float value = 0;
            auto* place = tensor.bytes.data() + static_cast<std::size_t>(i) * sizeof value;
            std::memcpy(&value, place, sizeof value);
            value *= factor;
            std::memcpy(place, &value, sizeof value);
        }
        return;
    }
    FAIL() << name;
}

std::shared_ptr<const DlaResult> effects(const std::filesystem::path& folder, DType dtype,
                                         bool neurons) {
    Progress progress;
    const auto model = Model::open({folder.string(), "model", folder}, {dtype, "cpu"}, progress);
    TokenInput input;
    for (const int first : {3, 40, 17}) {
        TokenSequence sequence;
        for (int i = 0; i < 6; ++i)
            sequence.tokens.emplace_back((first + 7 * i) % 60);
        input.sequences.push_back(sequence);
    }
    DlaRequest request;
    request.target.rule = TargetRule::Token;
    request.target.token = TokenId(11);
    request.neurons = neurons;
    request.position.all = !neurons;
    request.bootstrapResamples = 0;
    return attributeLogits(*model, input, request, progress);
}

/// The largest difference as a part of the largest value. Where a DyT is saturated nothing has an
/// effect: that is to be so, too.
double worst(const Table& inFloat, const Table& inDouble) {
    return (inFloat - inDouble).abs().maxCoeff() / std::max(1e-9, inDouble.abs().maxCoeff());
}

struct Dominated {
    const char* tensor;
    int first;
    int rows;
};

class DominatedResidual
    : public ::testing::TestWithParam<std::tuple<Dominated, float, test::Sites>> {};

TEST_P(DominatedResidual, KeepsItsDigitsInFloat32) {
    const auto& [part, factor, sites] = GetParam();
    const test::TemporaryFolder folder;
    const auto config = test::withSites(test::syntheticConfig(3, 4, 64, 60, 16), sites);
    auto tensors = test::syntheticTensors(config, 5);
    multiplyRows(tensors, part.tensor, part.first, part.rows, factor);
    test::writeText(folder.path() / "config.json", test::configJson(config));
    test::writeSafetensors(folder.path() / "model.safetensors", tensors);
    for (const bool neurons : {false, true}) {
        const auto single = effects(folder.path(), DType::Float32, neurons);
        const auto wide = effects(folder.path(), DType::Float64, neurons);
        EXPECT_LE(worst(single->dla, wide->dla), 1e-5);
        EXPECT_LE(worst(single->directEffect, wide->directEffect), 1e-5);
        if (neurons) {
            EXPECT_LE(worst(single->dlaNeuron, wide->dlaNeuron), 1e-5);
            EXPECT_LE(worst(single->directEffectNeuron, wide->directEffectNeuron), 1e-5);
        }
    }
}

const auto parts = ::testing::Values(
    Dominated{"h.2.mlp.c_proj.weight", 100, 1}, Dominated{"h.0.mlp.c_proj.weight", 7, 1},
    Dominated{"h.1.attn.c_proj.weight", 16, 16}, Dominated{"h.2.attn.c_proj.weight", 0, 16},
    Dominated{"wpe.weight", 5, 1}, Dominated{"wte.weight", 38, 1});

INSTANTIATE_TEST_SUITE_P(
    All, DominatedResidual,
    ::testing::Combine(parts, ::testing::Values(1e3F, 1e5F, 3e6F),
                       ::testing::Values(test::Sites::LayerNorm, test::Sites::Removed,
                                         test::Sites::RmsNorm, test::Sites::Mixed)));
// A DyT does not scale what it reads down: with larger ones the forward pass itself has no digits.
INSTANTIATE_TEST_SUITE_P(Gates, DominatedResidual,
                         ::testing::Combine(parts, ::testing::Values(1e3F),
                                            ::testing::Values(test::Sites::DynamicTanh)));

} // namespace
} // namespace residuum

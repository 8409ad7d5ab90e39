// Storage types and devices against the float64 CPU oracle: forward pass, losses, every gradient.
// RESIDUUM_TEST_DEVICE=cuda runs the same there.
#include "core/model/forward.h"
#include "core/model/model.h"
#include "core/model/training_pass.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace residuum::test {
namespace {

std::string deviceUnderTest() {
    const auto* named = std::getenv("RESIDUUM_TEST_DEVICE");
    return named == nullptr ? "cpu" : named;
}

struct Storage {
    DType dtype;
    double logits;    ///< largest error allowed, of the largest logit
    double gradients; ///< largest error allowed, of a gradient's norm
};

class Devices : public ::testing::TestWithParam<std::tuple<Sites, Storage>> {
  protected:
    void SetUp() override {
        writeSyntheticGpt2(folder_.path(), withSites(syntheticConfig(3, 4, 64, 90, 40), sites()),
                           1);
        at::manual_seed(1);
        tokens_ = at::randint(0, 90, {2, 33}, at::kLong);
    }
    Sites sites() const { return std::get<0>(GetParam()); }
    Storage storage() const { return std::get<1>(GetParam()); }
    std::shared_ptr<const Model> open(DType dtype, const std::string& device) const {
        Progress progress;
        return Model::open({folder_.path().string(), "m", folder_.path()}, {dtype, device},
                           progress);
    }
    TemporaryFolder folder_;
    at::Tensor tokens_;
};

at::Tensor wide(const at::Tensor& t) {
    return t.cpu().to(at::kDouble);
}

TEST_P(Devices, Logits) {
    const auto exact = open(DType::Float64, "cpu"),
               model = open(storage().dtype, deviceUnderTest());
    const auto want = forward(exact->weights(), tokens_, std::nullopt, nullptr, Progress());
    const auto got = wide(forward(model->weights(), tokens_, std::nullopt, nullptr, Progress()));
    EXPECT_LE((got - want).abs().max().item<double>(),
              storage().logits * want.abs().max().item<double>());
}

TEST_P(Devices, LossAndGradients) {
    Parameters exact(open(DType::Float64, "cpu")->weights());
    Parameters parameters(open(storage().dtype, deviceUnderTest())->weights());
    const LossTerms terms{.auxiliary = 0.1, .endOfText = 7};
    const auto want = addGradients(exact, tokens_, terms, residuum::Activations::Kept, Progress());
    const auto got =
        addGradients(parameters, tokens_, terms, residuum::Activations::Kept, Progress());
    EXPECT_NEAR(got.crossEntropy, want.crossEntropy, storage().logits * want.crossEntropy);
    EXPECT_NEAR(got.spread, want.spread, 4.0 * storage().logits * (want.spread + 1.0));
    for (std::size_t i = 0; i < exact.all().size(); ++i) {
        const auto& reference = exact.all()[i];
        const auto off = wide(parameters.all()[i].gradient) - reference.gradient;
        EXPECT_LE(off.norm().item<double>(),
                  storage().gradients * (reference.gradient.norm().item<double>() + 1e-3))
            << reference.key;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Storages, Devices,
    ::testing::Combine(::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::Mixed),
                       ::testing::Values(Storage{DType::Float32, 1e-5, 1e-4},
                                         Storage{DType::BFloat16, 2e-2, 6e-2})),
    [](const auto& kind) {
        return name(std::get<0>(kind.param)) + "_" + name(std::get<1>(kind.param).dtype);
    });

} // namespace
} // namespace residuum::test

// Forward pass, losses, every gradient and generation.
#include "core/model/decoder.h"
#include "core/model/forward.h"
#include "core/model/sampling.h"
#include "core/model/training_pass.h"
#include "device_support.h"

namespace residuum::test {
namespace {

at::Tensor wide(const at::Tensor& t) {
    return t.cpu().to(at::kDouble);
}

class Passes : public OnDevice {
  protected:
    void SetUp() override {
        OnDevice::SetUp();
        tokens_ = at::randint(0, d_vocab, {2, 33}, at::kLong);
    }
    at::Tensor tokens_;
};

TEST_P(Passes, Logits) {
    const auto want = forward(exact()->weights(), tokens_, std::nullopt, nullptr, Progress());
    const auto got =
        wide(forward(underTest()->weights(), tokens_, std::nullopt, nullptr, Progress()));
    EXPECT_LE((got - want).abs().max().item<double>(),
              storage().logits * want.abs().max().item<double>());
}

TEST_P(Passes, LossAndGradients) {
    Parameters oracle(exact()->weights());
    Parameters parameters(underTest()->weights());
    const LossTerms terms{.auxiliary = 0.1, .endOfText = 7};
    const auto want = addGradients(oracle, tokens_, terms, residuum::Activations::Kept, Progress());
    const auto got =
        addGradients(parameters, tokens_, terms, residuum::Activations::Kept, Progress());
    EXPECT_NEAR(got.crossEntropy, want.crossEntropy, storage().logits * want.crossEntropy);
    EXPECT_NEAR(got.spread, want.spread, 4.0 * storage().logits * (want.spread + 1.0));
    for (std::size_t i = 0; i < oracle.all().size(); ++i) {
        const auto& reference = oracle.all()[i];
        const auto off = wide(parameters.all()[i].gradient) - reference.gradient;
        EXPECT_LE(off.norm().item<double>(),
                  storage().gradients * (reference.gradient.norm().item<double>() + 1e-3))
            << reference.key;
    }
}

/// Both read what the oracle writes, so that a step does not depend on the ones before.
TEST_P(Passes, Generation) {
    const std::vector<TokenId> prompt{TokenId(5), TokenId(17), TokenId(2), TokenId(88)};
    const auto oracle = exact(), model = underTest();
    Decoder want(oracle->weights(), prompt, 20, Progress());
    Decoder got(model->weights(), prompt, 20, Progress());
    for (int step = 0; step < 20; ++step) {
        const auto off = (wide(got.logits()) - want.logits()).abs().max().item<double>();
        EXPECT_LE(off, storage().logits * want.logits().abs().max().item<double>()) << step;
        const auto chosen = chooseToken(want.logits(), {}, step);
        EXPECT_NEAR(chooseToken(got.logits(), {}, step).entropy, chosen.entropy,
                    storage().logits * chosen.entropy);
        want.read(chosen.token, Progress());
        got.read(chosen.token, Progress());
    }
}

INSTANTIATE_TEST_SUITE_P(Storages, Passes,
                         ::testing::Combine(::testing::Values(Sites::LayerNorm, Sites::Removed,
                                                              Sites::Mixed),
                                            storages()),
                         nameOf);

} // namespace
} // namespace residuum::test

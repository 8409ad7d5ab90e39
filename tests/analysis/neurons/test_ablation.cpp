#include "core/model/forward.h"
#include "core/model/norm.h"
#include "core/model/weights.h"
#include "core/task/error.h"
#include "neurons_support.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace residuum::test {
namespace {

/// Loss and entropy at every scored token of one sequence, from whole forward passes.
struct NaiveRun {
    std::vector<double> loss, entropy;
};

class Naive {
  public:
    Naive(const Model& model, const TokenSequence& sequence, LayerIndex layer)
        : weights_(model.weights()), sequence_(sequence), layer_(layer) {
        std::vector<std::int64_t> ids;
        for (const auto token : sequence.tokens)
            ids.push_back(token.value);
        struct Seen : Tap {
            bool wants(const Hook& hook) const override {
                return hook.point == HookPoint::MlpPost || hook.point == HookPoint::ResidPost;
            }
            void receive(const Hook& hook, const at::Tensor& value) override {
                (hook.point == HookPoint::MlpPost ? post : resid).push_back(value.clone());
            }
            std::vector<at::Tensor> post, resid;
        } seen;
        forward(weights_, at::tensor(ids, at::TensorOptions().dtype(at::kLong)).unsqueeze(0),
                std::nullopt, &seen, Progress());
        post_ = seen.post[static_cast<std::size_t>(layer.value)];
        resid_ = seen.resid[static_cast<std::size_t>(layer.value)];
        final_ = seen.resid.back();
    }

    at::Tensor post() const { return post_[0]; }

    /// `to`: what the neurons' activations become; frozen: ln_f's gate stays the unablated one.
    NaiveRun run(const std::vector<std::pair<int, double>>& to, bool frozen) const {
        const auto& block = weights_.blocks[static_cast<std::size_t>(layer_.value)];
        auto resid = resid_.clone();
        for (const auto& [neuron, value] : to)
            resid += (value - post_.select(-1, neuron)).unsqueeze(-1) * block.W_out[neuron];
        struct Last : Tap {
            bool wants(const Hook& hook) const override {
                return hook.point == HookPoint::ResidPost;
            }
            void receive(const Hook&, const at::Tensor& value) override { resid = value; }
            at::Tensor resid;
        } last;
        last.resid = resid;
        forwardFrom(weights_, LayerIndex(layer_.value + 1), resid, std::vector<std::int64_t>{},
                    &last, Progress());
        const auto& site = weights_.ln_f;
        const auto held = gate(frozen ? final_ : last.resid, site.site);
        const auto normalized = centre(last.resid, site.site) * held * foldedGain(site) + site.bias;
        const auto logProbabilities =
            at::log_softmax(at::matmul(normalized, weights_.W_U_rows.t()), -1)[0];
        NaiveRun result;
        for (std::size_t p = 0; p + 1 < sequence_.tokens.size(); ++p) {
            const auto row = logProbabilities[static_cast<std::int64_t>(p)];
            result.loss.push_back(-row[sequence_.tokens[p + 1].value].item<double>());
            result.entropy.push_back(-(row.exp() * row).sum().item<double>());
        }
        return result;
    }

  private:
    const Weights& weights_;
    TokenSequence sequence_;
    LayerIndex layer_;
    at::Tensor post_, resid_, final_;
};

void append(std::vector<double>& to, const std::vector<double>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

/// Changes of one set of neurons at all scored tokens of the input: [total, frozen] × [loss,
/// entropy].
std::array<std::vector<double>, effectCount> naiveEffects(const Model& model,
                                                          const TokenInput& input, LayerIndex layer,
                                                          const std::vector<int>& neurons,
                                                          bool zero) {
    std::vector<Naive> runs;
    at::Tensor sum;
    std::int64_t tokens = 0;
    for (const auto& sequence : input.sequences) {
        if (sequence.tokens.size() < 2)
            continue;
        runs.emplace_back(model, sequence, layer);
        const auto scored =
            runs.back().post().narrow(0, 0, static_cast<std::int64_t>(sequence.tokens.size()) - 1);
        sum = sum.defined() ? sum + scored.sum(0) : scored.sum(0);
        tokens += scored.size(0);
    }
    std::vector<std::pair<int, double>> to;
    for (const int neuron : neurons)
        to.emplace_back(neuron,
                        zero ? 0.0 : sum[neuron].item<double>() / static_cast<double>(tokens));
    std::array<std::vector<double>, effectCount> effects;
    for (const auto& run : runs) {
        const auto base = run.run({}, false);
        for (const bool frozen : {false, true}) {
            auto ablated = run.run(to, frozen);
            for (std::size_t i = 0; i < base.loss.size(); ++i) {
                ablated.loss[i] -= base.loss[i];
                ablated.entropy[i] -= base.entropy[i];
            }
            append(effects[frozen ? 2 : 0], ablated.loss);
            append(effects[frozen ? 3 : 1], ablated.entropy);
        }
    }
    return effects;
}

double mean(const std::vector<double>& values, bool magnitude) {
    double sum = 0.0;
    for (const double value : values)
        sum += magnitude ? std::abs(value) : value;
    return sum / static_cast<double>(values.size());
}

struct Case {
    const char* name;
    Sites sites;
    int layer;
    Ablation ablation;
};

class AblationTwin : public ::testing::TestWithParam<Case> {};

TEST_P(AblationTwin, AgreesWithWholeForwardPasses) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, GetParam().sites);
    const auto input = randomInput({7, 12, 1, 7, 2, 20});
    NeuronRequest request;
    request.layer = GetParam().layer;
    request.ablation = GetParam().ablation;
    request.choice = parseNeuronChoice("5,0,127,64,33");
    request.randomNeurons = 3;
    request.perToken = true;
    // So little memory that blocks are small and activations are computed twice.
    for (const std::int64_t bytes : {std::int64_t{1} << 30, std::int64_t{1} << 14}) {
        const auto result = study(*model, input, request, {bytes});
        const bool zero = request.ablation == Ablation::Zero;
        for (std::size_t n = 0; n < request.choice.named.size(); ++n) {
            const auto want =
                naiveEffects(*model, input, result->layer, {request.choice.named[n].value}, zero);
            for (std::size_t e = 0; e < effectCount; ++e) {
                const Table row = result->perToken[e].row(static_cast<Eigen::Index>(n));
                EXPECT_TRUE(near(values(row), want[e], {43}, 1e-12)) << n << " " << e;
                EXPECT_NEAR(result->chosen.meanAbs(Eigen::Index(n), Eigen::Index(e)),
                            mean(want[e], true), 1e-13);
                EXPECT_NEAR(result->chosen.mean(Eigen::Index(n), Eigen::Index(e)),
                            mean(want[e], false), 1e-13);
            }
        }
        ASSERT_EQ(result->cumulative.counts, (std::vector<int>{1, 2, 3, 4, 5}));
        const auto together = naiveEffects(*model, input, result->layer, {5, 0, 127}, zero);
        for (std::size_t e = 0; e < effectCount; ++e)
            EXPECT_NEAR(result->cumulative.meanAbs(2, Eigen::Index(e)), mean(together[e], true),
                        1e-13);
        ASSERT_EQ(result->random.neurons.size(), 3U);
        const auto random =
            naiveEffects(*model, input, result->layer, {result->random.neurons[1].value}, zero);
        for (std::size_t e = 0; e < effectCount; ++e)
            EXPECT_NEAR(result->random.meanAbs(1, Eigen::Index(e)), mean(random[e], true), 1e-13);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Models, AblationTwin,
    ::testing::Values(Case{"LastLayerNorm", Sites::LayerNorm, -1, Ablation::Mean},
                      Case{"LastZero", Sites::LayerNorm, -1, Ablation::Zero},
                      Case{"LastRemoved", Sites::Removed, -1, Ablation::Mean},
                      Case{"FirstLayerNorm", Sites::LayerNorm, 0, Ablation::Mean},
                      Case{"MiddleZero", Sites::LayerNorm, 1, Ablation::Zero},
                      Case{"FirstRemoved", Sites::Removed, -3, Ablation::Mean},
                      Case{"LastRmsNorm", Sites::RmsNorm, -1, Ablation::Mean},
                      Case{"LastOutside", Sites::Outside, -1, Ablation::Zero},
                      Case{"LastDynamicTanh", Sites::DynamicTanh, -1, Ablation::Mean},
                      Case{"LastMixed", Sites::Mixed, -1, Ablation::Mean},
                      Case{"FirstRmsNorm", Sites::RmsNorm, 0, Ablation::Mean},
                      Case{"MiddleDynamicTanh", Sites::DynamicTanh, 1, Ablation::Zero},
                      Case{"FirstMixed", Sites::Mixed, 0, Ablation::Mean},
                      Case{"MiddleScaled", Sites::Scaled, 1, Ablation::Mean}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Ablation, QuantilesAreThoseOfTheTokensWithinTheirResolution) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::LayerNorm);
    const auto input = randomInput(std::vector<int>(40, 24));
    NeuronRequest request;
    request.choice = parseNeuronChoice("9,100");
    request.perToken = true;
    const auto result = study(*model, input, request);
    for (Eigen::Index n = 0; n < 2; ++n)
        for (std::size_t e = 0; e < effectCount; ++e) {
            const Table magnitudes = result->perToken[e].row(n).abs();
            auto sorted = values(magnitudes);
            std::sort(sorted.begin(), sorted.end());
            for (std::size_t level = 0; level < quantileLevels.size(); ++level) {
                const auto place = quantileLevels[level] * static_cast<double>(sorted.size());
                const auto below = sorted[static_cast<std::size_t>(std::max(0.0, place - 2.0))];
                const auto above =
                    sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(place + 2.0))];
                const double have = result->chosen.quantile[e](n, Eigen::Index(level));
                EXPECT_GE(have, below / 1.024) << n << " " << e << " " << level;
                EXPECT_LE(have, above * 1.024) << n << " " << e << " " << level;
            }
        }
}

/// Every container that ablation must know nothing of: some sites removed, a head of its own.
TEST(Ablation, HoldsInHalfRemovedModelsAndWithAnUntiedHead) {
    for (const std::string name : {"half-removed", "untied-head"}) {
        const auto model = openAt(golden() / "formats" / name, DType::Float64);
        const auto& config = model->info().config;
        const auto input = randomInput({6, 9}, 2, static_cast<unsigned>(config.d_vocab));
        for (const int layer : {0, config.n_layers - 1}) {
            NeuronRequest request;
            request.layer = layer;
            request.perToken = true;
            request.choice = parseNeuronChoice("3,1");
            const auto result = study(*model, input, request);
            for (std::size_t n = 0; n < 2; ++n) {
                const auto want = naiveEffects(*model, input, result->layer,
                                               {request.choice.named[n].value}, false);
                for (std::size_t e = 0; e < effectCount; ++e) {
                    const Table row = result->perToken[e].row(static_cast<Eigen::Index>(n));
                    EXPECT_TRUE(near(values(row), want[e], {13}, 1e-11)) << name << layer << n << e;
                }
            }
        }
    }
}

/// Weights so large that one neuron takes nearly all probability from a token or gives it: where
/// sums of probabilities nearly cancel, float32 must still have its digits.
TEST(Ablation, StrongNeuronsKeepTheirDigitsInFloat32) {
    const TemporaryFolder folder;
    const auto place = writeChanged(folder, 50, [](const auto& name, auto& values) {
        const float by = name == "wte.weight"              ? 25.0F
                         : name == "h.0.mlp.c_fc.weight"   ? 10.0F
                         : name == "h.0.mlp.c_proj.weight" ? 150.0F
                                                           : 1.0F;
        for (auto& value : values)
            value *= by;
    });
    const auto input = randomInput({24, 24, 24}, 3, 50);
    NeuronRequest request;
    request.choice.kind = ChoiceKind::All;
    request.ablation = Ablation::Zero;
    request.perToken = true;
    const auto narrow = study(*openAt(place, DType::Float32), input, request);
    const auto wide = study(*openAt(place, DType::Float64), input, request);
    double strongest = 0.0, worst = 0.0;
    for (std::size_t e = 0; e < effectCount; ++e)
        for (Eigen::Index i = 0; i < wide->perToken[e].size(); ++i) {
            const double want = wide->perToken[e].data()[i];
            strongest = std::max(strongest, std::abs(want));
            // Of the change, and of the logits that float32 rounds.
            worst = std::max(worst, std::abs(narrow->perToken[e].data()[i] - want) /
                                        (1.0 + std::abs(want)));
        }
    EXPECT_GT(strongest, 3.0);
    EXPECT_LT(worst, 2e-5);
}

TEST(Ablation, InBfloat16TheLastLayerIsCloseAndOthersAreRefused) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::LayerNorm, DType::BFloat16);
    const auto wide = smallModel(folder, Sites::LayerNorm, DType::Float32);
    const auto input = randomInput({20, 20});
    NeuronRequest request;
    request.choice = parseNeuronChoice("7,100");
    const auto rough = study(*model, input, request), fine = study(*wide, input, request);
    for (Eigen::Index n = 0; n < 2; ++n)
        for (int e = 0; e < effectCount; ++e)
            EXPECT_NEAR(rough->chosen.meanAbs(n, e), fine->chosen.meanAbs(n, e),
                        0.1 * fine->chosen.meanAbs(n, e));
    request.layer = 0;
    EXPECT_THROW(study(*model, input, request), Error);
}

TEST(Ablation, FurtherNeuronsAreStudiedBesideTheChosenOnes) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::LayerNorm);
    const auto input = randomInput({24, 24, 11});
    NeuronRequest plain;
    plain.choice.top = 4;
    auto request = plain;
    const auto without = study(*model, input, plain);
    request.also = {NeuronIndex(100), without->chosen.neurons[1], NeuronIndex(3)};
    const auto with = study(*model, input, request);
    ASSERT_EQ(with->chosenOnes, 4U);
    ASSERT_EQ(with->chosen.neurons.size(), 6U); // one of them was chosen anyway
    EXPECT_EQ(with->cumulative.counts, without->cumulative.counts);
    EXPECT_TRUE((with->cumulative.meanAbs == without->cumulative.meanAbs).all());
    EXPECT_TRUE((with->chosen.pooledQuantile == without->chosen.pooledQuantile).all());
    EXPECT_EQ(with->random.neurons, without->random.neurons) << "a baseline stays what it was";

    // The same from parts, as the window has it.
    NeuronRequest alone = plain;
    alone.choice.kind = ChoiceKind::Named;
    alone.choice.named = {NeuronIndex(3), NeuronIndex(100)};
    alone.randomNeurons = 0;
    const auto part = study(*model, input, alone);
    const auto joined = withAlso(*without, {part}, {NeuronIndex(100), NeuronIndex(3)});
    EXPECT_EQ(joined->chosen.neurons, with->chosen.neurons);
    EXPECT_EQ(joined->chosenOnes, 4U);
    EXPECT_TRUE((joined->chosen.meanAbs - with->chosen.meanAbs).abs().maxCoeff() < 1e-13);
    EXPECT_TRUE((joined->written.promoted == with->written.promoted).all());
    for (std::size_t e = 0; e < effectCount; ++e)
        EXPECT_TRUE((joined->chosen.quantile[e] - with->chosen.quantile[e]).abs().maxCoeff() <
                    1e-12);
}

TEST(Ablation, OneGroundServesManyStudies) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::LayerNorm);
    const auto input = randomInput({24, 24, 11});
    NeuronRequest request;
    request.choice.top = 3;
    const auto first = study(*model, input, request);
    NeuronRequest other = request;
    other.choice = parseNeuronChoice("9");
    other.ablation = Ablation::Zero;
    Progress progress;
    const auto ground = prepareNeurons(model, input, -1, {}, {first->weights, {}});
    for (const auto& asked : {other, request}) {
        const auto fresh = study(*model, input, asked);
        const auto again = studyNeurons(*ground, asked, progress);
        EXPECT_EQ(again->chosen.neurons, fresh->chosen.neurons);
        EXPECT_TRUE((again->chosen.mean == fresh->chosen.mean).all());
        EXPECT_EQ(again->weights.norm, fresh->weights.norm);
    }
}

TEST(Ablation, AConstantNeuronChangesNothingAndSaysSo) {
    const TemporaryFolder folder;
    const auto model = smallModel(folder, Sites::LayerNorm);
    // One scored token: every activation is its own mean.
    NeuronRequest request;
    request.choice = parseNeuronChoice("4");
    const auto result = study(*model, randomInput({2}), request);
    for (int e = 0; e < effectCount; ++e) {
        EXPECT_EQ(result->chosen.meanAbs(0, e), 0.0);
        EXPECT_EQ(result->chosen.quantile[std::size_t(e)](0, 3), 0.0);
    }
    EXPECT_TRUE(std::isnan(result->chosen.lnMediated(0, true)));
    EXPECT_EQ(result->activations.deviation[4], 0.0);
}

} // namespace
} // namespace residuum::test

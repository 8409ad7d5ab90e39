// Attribution against a brute-force twin that builds every component's vector and applies the final
// site to the residual with and without it.
#include "analysis/attribution/dla.h"
#include "analysis/attribution/layer_sums.h"

#include "core/model/forward.h"
#include "core/model/norm.h"
#include "core/model/weights.h"
#include "core/task/error.h"
#include "support/paths.h"
#include "support/synthetic_model.h"

#include <ATen/ATen.h>

#include <map>

namespace residuum {
namespace {

std::shared_ptr<const Model> openModel(const std::filesystem::path& folder, DType dtype) {
    Progress progress;
    return Model::open({folder.string(), folder.filename().string(), folder}, {dtype, "cpu"},
                       progress);
}

TokenSequence sequence(std::initializer_list<int> ids) {
    TokenSequence result;
    for (const int id : ids)
        result.tokens.emplace_back(id);
    return result;
}

class Recorder : public Tap {
  public:
    bool wants(const Hook&) const override { return true; }
    void receive(const Hook& hook, const at::Tensor& value) override {
        seen[name(hook)] = value.select(0, 0).clone();
    }
    const at::Tensor& operator[](const std::string& hook) const { return seen.at(hook); }
    std::map<std::string, at::Tensor> seen;
};

/// Everything the slow way, at one position of one sequence, in float64.
class Twin {
  public:
    Twin(const Model& model, const TokenSequence& input, int position)
        : weights_(model.weights()), position_(position) {
        std::vector<std::int64_t> ids;
        for (const auto token : input.tokens)
            ids.push_back(token.value);
        logits_ = forward(weights_, at::tensor(ids, at::kLong).unsqueeze(0), std::nullopt, &tap_,
                          Progress())
                      .select(0, 0)
                      .select(0, position);
        const auto last = std::to_string(weights_.config.n_layers - 1);
        residual_ = at("blocks." + last + ".hook_resid_post");
        unembed_ = weights_.W_U_rows - weights_.W_U_rows.mean(0, true);
    }

    double probability(int token) const { return at::softmax(logits_, 0)[token].item<double>(); }
    /// Place of the token when all are sorted by their logits.
    int rank(int token) const {
        const auto order = at::argsort(logits_, 0, /*descending=*/true);
        return static_cast<int>((order == token).nonzero().item<std::int64_t>()) + 1;
    }
    double centredLogit(int token) const {
        return (logits_[token] - logits_.mean()).item<double>();
    }

    /// All component vectors in the order of allComponents; head outputs from bias-free values.
    std::vector<at::Tensor> components() const {
        std::vector<at::Tensor> result{at("hook_embed"), at("hook_pos_embed")};
        const auto& config = weights_.config;
        for (int l = 0; l < config.n_layers; ++l) {
            const auto& block = weights_.blocks[static_cast<std::size_t>(l)];
            const auto prefix = "blocks." + std::to_string(l) + ".";
            const auto d = config.d_model;
            const auto bias = block.b_QKV.narrow(0, 2 * d, d) +
                              at::matmul(block.ln1_v.bias, block.W_QKV.narrow(1, 2 * d, d));
            const auto z = at(prefix + "attn.hook_z").reshape({-1}) - bias;
            for (int h = 0; h < config.n_heads; ++h) {
                const auto from = h * config.d_head;
                result.push_back(at::matmul(z.narrow(0, from, config.d_head),
                                            block.W_O.narrow(0, from, config.d_head)));
            }
            result.push_back(block.b_O + at::matmul(bias, block.W_O));
            result.push_back(at(prefix + "hook_mlp_out") - block.b_out);
            result.push_back(block.b_out);
        }
        return result;
    }

    /// Layer by layer.
    std::vector<at::Tensor> neurons() const {
        std::vector<at::Tensor> result;
        for (int l = 0; l < weights_.config.n_layers; ++l) {
            const auto post = at("blocks." + std::to_string(l) + ".mlp.hook_post");
            const auto& W_out = weights_.blocks[static_cast<std::size_t>(l)].W_out;
            for (int n = 0; n < weights_.config.d_mlp; ++n)
                result.push_back(post[n] * W_out[n]);
        }
        return result;
    }

    double directEffect(const at::Tensor& component, int token) const {
        return (apply(residual_, token) - apply(residual_ - component, token));
    }

    double dla(const at::Tensor& component, int token) const {
        const auto& site = weights_.ln_f.site;
        return at::dot(centre(component, site) * gate(residual_, site) * foldedGain(weights_.ln_f),
                       unembed_[token])
            .item<double>();
    }

    /// The residual stream before `layer` (n_layers: at the end) through the final site with the
    /// whole residual's gate.
    double frozenLens(int layer, int token) const {
        const auto& site = weights_.ln_f.site;
        const auto stream = layer == 0
                                ? at("hook_embed") + at("hook_pos_embed")
                                : at("blocks." + std::to_string(layer - 1) + ".hook_resid_post");
        const auto out = centre(stream, site) * gate(residual_, site) * foldedGain(weights_.ln_f) +
                         weights_.ln_f.bias;
        return at::dot(out, unembed_[token]).item<double>();
    }

  private:
    at::Tensor at(const std::string& hook) const { return tap_[hook].select(0, position_); }
    double apply(const at::Tensor& residual, int token) const {
        return at::dot(normalize(residual, weights_.ln_f), unembed_[token]).item<double>();
    }

    const Weights& weights_;
    int position_;
    Recorder tap_;
    at::Tensor logits_, residual_, unembed_;
};

/// Every component at every position.
void expectBruteForce(const Model& model) {
    TokenInput input{{sequence({1, 2, 3, 4, 5}), sequence({9, 8}), sequence({7, 7, 30, 2, 1})}};
    DlaRequest request;
    request.position.all = true;
    Progress progress;
    const auto result = attributeLogits(model, input, request, progress);
    ASSERT_EQ(result->rows.size(), 12u);
    for (std::size_t i = 0; i < result->rows.size(); ++i) {
        const auto& row = result->rows[i];
        const Twin twin(model, input.sequences[static_cast<std::size_t>(row.sample)],
                        row.position.value);
        EXPECT_NEAR(row.logit, twin.centredLogit(row.target.value), 1e-10);
        EXPECT_NEAR(row.completenessError, 0.0, 1e-10);
        EXPECT_NEAR(row.targetProbability, twin.probability(row.target.value), 1e-12);
        EXPECT_EQ(row.targetRank, twin.rank(row.target.value));
        const auto sums = layerSums(*result, static_cast<int>(i));
        EXPECT_NEAR(sums.dla.back(), row.logit, 1e-10) << "the sum ends at the logit";
        for (std::size_t l = 0; l < sums.dla.size(); ++l)
            EXPECT_NEAR(sums.dla[l], twin.frozenLens(static_cast<int>(l), row.target.value), 1e-10)
                << "layer " << l;
        const auto components = twin.components();
        ASSERT_EQ(components.size(), result->components.size());
        for (std::size_t c = 0; c < components.size(); ++c) {
            const auto at = [&](const Table& table) {
                return table(static_cast<Eigen::Index>(c), static_cast<Eigen::Index>(i));
            };
            const auto name = label(result->components[c]) + " row " + std::to_string(i);
            EXPECT_NEAR(at(result->dla), twin.dla(components[c], row.target.value), 1e-10) << name;
            EXPECT_NEAR(at(result->directEffect),
                        twin.directEffect(components[c], row.target.value), 1e-10)
                << name;
        }
    }
}

/// Every neuron at the last position.
void expectBruteForceOfNeurons(const Model& model) {
    const TokenInput input{{sequence({9, 3, 7})}};
    DlaRequest request;
    request.neurons = true;
    Progress progress;
    const auto result = attributeLogits(model, input, request, progress);
    const Twin twin(model, input.sequences[0], 2);
    const auto neurons = twin.neurons();
    ASSERT_EQ(result->dlaNeuron.rows(), static_cast<Eigen::Index>(neurons.size()));
    for (std::size_t n = 0; n < neurons.size(); ++n) {
        const auto token = result->rows[0].target.value;
        const auto row = static_cast<Eigen::Index>(n);
        ASSERT_NEAR(result->dlaNeuron(row, 0), twin.dla(neurons[n], token), 1e-10) << n;
        ASSERT_NEAR(result->directEffectNeuron(row, 0), twin.directEffect(neurons[n], token), 1e-10)
            << n;
    }
}

class DlaTwin : public ::testing::TestWithParam<const char*> {};

TEST_P(DlaTwin, AgreesWithBruteForce) {
    expectBruteForce(*openModel(test::golden() / GetParam(), DType::Float64));
}

class DlaTwinOfSites : public ::testing::TestWithParam<test::Sites> {};

TEST_P(DlaTwinOfSites, AgreesWithBruteForce) {
    const test::TemporaryFolder folder;
    const auto place = folder.path() / "model";
    test::writeSyntheticGpt2(
        place, test::withSites(test::syntheticConfig(3, 4, 32, 60, 24), GetParam()), 7);
    const auto model = openModel(place, DType::Float64);
    expectBruteForce(*model);
    expectBruteForceOfNeurons(*model);
}

INSTANTIATE_TEST_SUITE_P(Models, DlaTwinOfSites,
                         ::testing::Values(test::Sites::LayerNorm, test::Sites::Removed,
                                           test::Sites::RmsNorm, test::Sites::Outside,
                                           test::Sites::DynamicTanh, test::Sites::Mixed,
                                           test::Sites::Scaled),
                         [](const auto& tested) { return name(tested.param); });

INSTANTIATE_TEST_SUITE_P(Models, DlaTwin,
                         ::testing::Values("tiny-ln", "tiny-lnfree", "formats/half-removed",
                                           "formats/untied-head"),
                         [](const auto& tested) {
                             std::string name = tested.param;
                             for (auto& c : name)
                                 c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
                             return name;
                         });

class DlaTest : public ::testing::Test {
  protected:
    std::shared_ptr<const DlaResult> attribute(const DlaRequest& request) {
        Progress progress;
        return attributeLogits(*model, input, request, progress);
    }

    std::shared_ptr<const Model> model = openModel(test::golden() / "tiny-ln", DType::Float64);
    TokenInput input{{sequence({1, 2, 3, 4})}};
};

TEST_F(DlaTest, LogitDifferenceIsTheDifferenceOfTwoAttributions) {
    DlaRequest request;
    request.target.rule = TargetRule::Token;
    request.target.token = TokenId(10);
    const auto first = attribute(request);
    request.target.token = TokenId(20);
    const auto second = attribute(request);
    request.target.token = TokenId(10);
    request.versus = TokenId(20);
    const auto difference = attribute(request);
    EXPECT_LT((difference->dla - (first->dla - second->dla)).abs().maxCoeff(), 1e-12);
    EXPECT_LT(
        (difference->directEffect - (first->directEffect - second->directEffect)).abs().maxCoeff(),
        1e-12);
    EXPECT_NEAR(difference->rows[0].logit, first->rows[0].logit - second->rows[0].logit, 1e-12);
    EXPECT_NEAR(difference->rows[0].completenessError, 0.0, 1e-12);
}

TEST_F(DlaTest, CentringChangesTheLogitByThePositionsMean) {
    DlaRequest request;
    const auto centred = attribute(request);
    request.centerUnembed = false;
    const auto plain = attribute(request);
    EXPECT_NEAR(plain->rows[0].logit, centred->rows[0].logit + centred->rows[0].logitMean, 1e-12);
    EXPECT_NEAR(plain->rows[0].completenessError, 0.0, 1e-12);
}

TEST_F(DlaTest, TargetRules) {
    input.sequences[0].following = TokenId(77);
    DlaRequest request;
    request.target.rule = TargetRule::Next;
    EXPECT_EQ(attribute(request)->rows[0].target, TokenId(77));
    request.position.at = 1;
    EXPECT_EQ(attribute(request)->rows[0].target, TokenId(3));
    request.target.rule = TargetRule::Last;
    EXPECT_EQ(attribute(request)->rows[0].target, TokenId(2));
    request.target.rule = TargetRule::Argmax;
    request.topPredictions = 3;
    const auto result = attribute(request);
    const auto& predictions = result->rows[0].predictions;
    ASSERT_EQ(predictions.size(), 3u);
    EXPECT_EQ(result->rows[0].target, predictions[0].token);
    EXPECT_GT(predictions[0].probability, predictions[1].probability);
    EXPECT_NEAR(predictions[0].logit - result->rows[0].logitMean, result->rows[0].logit, 1e-12);
}

TEST_F(DlaTest, WrongRequestsAreRefusedInWords) {
    DlaRequest next;
    next.target.rule = TargetRule::Next;
    EXPECT_THROW(attribute(next), Error);
    DlaRequest outside;
    outside.versus = TokenId(257);
    EXPECT_THROW(attribute(outside), Error);
    DlaRequest neurons;
    neurons.neurons = neurons.position.all = true;
    EXPECT_THROW(attribute(neurons), UsageError);
    input.sequences.push_back({});
    EXPECT_THROW(attribute(DlaRequest{}), Error);
    input.sequences.clear();
    EXPECT_THROW(attribute(DlaRequest{}), Error);
}

TEST_F(DlaTest, SequencesDoNotInfluenceEachOther) {
    const auto alone = attribute(DlaRequest{});
    input.sequences.insert(input.sequences.begin(), sequence({5, 6, 7}));
    input.sequences.push_back(sequence({50, 60, 70, 80}));
    const auto among = attribute(DlaRequest{});
    EXPECT_LT((alone->dla.col(0) - among->dla.col(1)).abs().maxCoeff(), 1e-12);
    EXPECT_EQ(among->rows[1].position, PositionIndex(3));
}

TEST(DlaFloat32, RemovedSitesAreExactToRounding) {
    const auto model = openModel(test::resources() / "demo/ln-free", DType::Float32);
    TokenInput input{{sequence({40, 41, 42, 43, 44, 45, 46, 47})}};
    DlaRequest request;
    request.position.all = true;
    Progress progress;
    EXPECT_LE(attributeLogits(*model, input, request, progress)->nmae.heads, 0.001);
}

} // namespace
} // namespace residuum

// Estimates of patching against finite differences of the naive forward pass: each is a directional
// derivative (attribution, AtP*, EAP), or a mean of them (integrated gradients).
#include "naive_patching.h"
#include "patching_support.h"

#include "analysis/patching/agreement.h"
#include "analysis/patching/edges.h"
#include "core/model/norm.h"

#include <map>

#include <ATen/ATen.h>

namespace residuum::test {
namespace {

constexpr double step = 1e-5;

/// A pair and a model in float64, with what finite differences need.
struct Case {
    explicit Case(Sites sites)
        : model(randomModel(folder, sites, DType::Float64)), weights(model->weights()),
          pairs(randomPairs({{7, {1, 4}}}, 60, 9)), base(tokenTensor(pairs.corrupt.sequences[0])),
          baseRun(naiveActivations(weights, base)),
          source(naiveActivations(weights, tokenTensor(pairs.clean.sequences[0]))) {}

    double metric(const at::Tensor& final) const {
        const auto logits =
            at::matmul(normalize(final, weights.ln_f), weights.W_U_rows.t()).select(0, 0);
        return (logits[pairs.answer(0).correct.value] - logits[pairs.answer(0).incorrect.value])
            .item<double>();
    }
    /// d/dε of the metric along `run(ε)` at 0, central.
    template <class Run>
    double derivative(const Run& run) const {
        return (metric(run(step)) - metric(run(-step))) / (2.0 * step);
    }
    std::shared_ptr<const PatchResult> compute(const PatchRequest& request) const {
        Progress progress;
        return patchPairs(*model, pairs, request, progress);
    }

    TemporaryFolder folder;
    std::shared_ptr<const Model> model;
    const Weights& weights;
    PairTokens pairs;
    at::Tensor base;
    std::map<std::string, at::Tensor> baseRun, source;
};

std::string key(int layer, const std::string& name) {
    return std::to_string(layer) + "." + name;
}

class Estimates : public ::testing::TestWithParam<Sites> {};

TEST_P(Estimates, AttributionIsTheDerivativeAlongThePatch) {
    const Case given(GetParam());
    PatchRequest request;
    request.sites = allPatchSites();
    request.methods = {PatchMethod::Attribution};
    request.neurons = 5;
    const auto result = given.compute(request);
    std::vector<NeuronPlace> neurons;
    for (const auto& label : result->neurons) {
        NeuronPlace place;
        ASSERT_EQ(std::sscanf(label.c_str(), "L%dN%d", &place.layer, &place.neuron), 2);
        neurons.push_back(place);
    }
    for (const auto& grid : result->grids)
        for (const auto& cell : cellsOf(grid.site, given.weights.config, 7, 7, neurons)) {
            const auto hook = hookOf(cell.site);
            const double expected = given.derivative([&](double epsilon) {
                return naiveForward(
                    given.weights, given.base,
                    [&](int layer, const std::string& at, at::Tensor& value) {
                        if (layer != cell.layer || at != hook)
                            return;
                        value = value.clone();
                        auto part = partOf(value, cell);
                        part.add_(partOf(given.source.at(key(layer, at)), cell) - part, epsilon);
                    });
            });
            ASSERT_NEAR(grid.values(0, cell.index), expected, 1e-8)
                << name(grid.site) << " layer " << cell.layer << " head " << cell.head << " pos "
                << cell.pos;
        }
}

/// The softmax of one head's scores where queries or keys at `pos` (-1: all) are the source's.
at::Tensor replacedPattern(const Case& given, const SiteCell& cell) {
    const auto part = [&](const std::map<std::string, at::Tensor>& run, const char* name) {
        return run.at(key(cell.layer, name)).select(1, cell.head).clone();
    };
    auto q = part(given.baseRun, "q"), k = part(given.baseRun, "k");
    const bool queries = cell.site == PatchSite::Q || cell.site == PatchSite::QAll;
    auto& changed = queries ? q : k;
    const auto from = part(given.source, queries ? "q" : "k");
    if (axesOf(cell.site).pos)
        changed.select(0, cell.pos).copy_(from.select(0, cell.pos));
    else
        changed.copy_(from);
    const auto above = at::ones({q.size(0), q.size(0)}, at::kBool).triu(1);
    const auto scores = at::matmul(q, k.t()) * given.weights.config.scoreScale(cell.layer);
    return at::softmax(scores.masked_fill(above, -INFINITY), -1);
}

TEST_P(Estimates, AtpStarIsTheMeanMagnitudeOverDroppedLayersWithExactSoftmax) {
    const Case given(GetParam());
    PatchRequest request;
    request.sites = {PatchSite::Q,    PatchSite::K,    PatchSite::V,      PatchSite::Z,
                     PatchSite::QAll, PatchSite::KAll, PatchSite::MlpOut, PatchSite::ResidPre};
    request.methods = {PatchMethod::AtpStar};
    const auto result = given.compute(request);
    const int layers = given.weights.config.n_layers;
    for (const auto& grid : result->grids)
        for (const auto& cell : cellsOf(grid.site, given.weights.config, 7, 7, {})) {
            using enum PatchSite;
            const bool fixed =
                cell.site == Q || cell.site == K || cell.site == QAll || cell.site == KAll;
            const auto hook = fixed ? "pattern" : hookOf(cell.site);
            double sum = 0.0;
            for (int dropped = 0; dropped < layers; ++dropped) {
                sum += std::abs(given.derivative([&](double epsilon) {
                    return naiveForward(
                        given.weights, given.base,
                        [&](int layer, const std::string& at, at::Tensor& value) {
                            // The dropped layer writes what it writes in the base run.
                            if (layer == dropped && (at == "attn_out" || at == "mlp_out"))
                                value = given.baseRun.at(key(layer, at)).clone();
                            if (layer != cell.layer || at != hook)
                                return;
                            value = value.clone();
                            auto part = fixed ? value.select(0, cell.head) : partOf(value, cell);
                            part.add_((fixed ? replacedPattern(given, cell)
                                             : partOf(given.source.at(key(layer, at)), cell)) -
                                          part,
                                      epsilon);
                            if (layer == dropped && at == "mlp_out") // its own layer counts nothing
                                value = given.baseRun.at(key(layer, at)).clone();
                        });
                }));
            }
            const double expected = sum / (cell.site == ResidPre ? layers : layers - 1);
            ASSERT_NEAR(grid.values(0, cell.index), expected, 1e-8)
                << name(grid.site) << " layer " << cell.layer << " head " << cell.head << " pos "
                << cell.pos;
        }
}

TEST_P(Estimates, IntegratedGradientsAddUpToTheWholeGap) {
    const Case given(GetParam());
    PatchRequest request;
    request.methods = {PatchMethod::IntegratedGradients};
    request.steps = 200;
    const auto result = given.compute(request);
    // Of layer 0's residual stream, by definition; of later layers only nearly.
    double sum = 0.0;
    for (int pos = 0; pos < 7; ++pos)
        sum += result->grids[0].values(0, pos);
    EXPECT_NEAR(sum, result->gap(0), 1e-5 * std::abs(result->gap(0)) + 1e-7);
}

/// A pass in which one receiver reads base + ε · change.
at::Tensor edgePass(const Case& given, const std::string& receiver, const at::Tensor& change,
                    double epsilon) {
    return naiveEdge(given.weights, given.base, given.baseRun, receiver, change * epsilon);
}

at::Tensor senderChange(const Case& given, const std::string& sender) {
    return naiveOutput(given.weights, given.source, sender) -
           naiveOutput(given.weights, given.baseRun, sender);
}

TEST_P(Estimates, EveryEdgeIsItsDerivativeAndEveryPathItsPass) {
    const Case given(GetParam());
    const auto& config = given.weights.config;
    PatchRequest request;
    request.methods = {PatchMethod::Eap};
    const auto edges = given.compute(request)->edges.at(0);
    const double atBase =
        given.metric(edgePass(given, "logits", senderChange(given, "embed"), 0.0));
    std::size_t compared = 0;
    for (std::size_t r = 0; r < edges.receivers.size(); ++r)
        for (std::size_t s = 0; s < edges.senders.size(); ++s) {
            const auto value =
                edges.mean(static_cast<Eigen::Index>(s), static_cast<Eigen::Index>(r));
            if (static_cast<std::int64_t>(s) >= sendersBefore(r, config)) {
                EXPECT_TRUE(std::isnan(value));
                continue;
            }
            const auto change = senderChange(given, edges.senders[s]);
            const double expected = given.derivative([&](double epsilon) {
                return edgePass(given, edges.receivers[r], change, epsilon);
            });
            ASSERT_NEAR(value, expected, 1e-8) << edges.senders[s] << " → " << edges.receivers[r];
            ++compared;
        }
    EXPECT_GT(compared, 200U);

    PatchRequest path;
    path.methods = {PatchMethod::Path};
    path.sender = "L0H2";
    path.receivers = {"L1H3", "L2.mlp", "logits"};
    const auto effects = given.compute(path)->path;
    ASSERT_EQ(effects.receivers.size(), 6U); // q, k, v, MLP, logits, together
    for (std::size_t r = 0; r + 1 < effects.receivers.size(); ++r) {
        const auto final = edgePass(given, effects.receivers[r], senderChange(given, "L0H2"), 1.0);
        EXPECT_NEAR(effects.values(0, static_cast<Eigen::Index>(r)), given.metric(final) - atBase,
                    1e-12)
            << effects.receivers[r];
    }
}

INSTANTIATE_TEST_SUITE_P(Models, Estimates,
                         ::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::RmsNorm,
                                           Sites::DynamicTanh, Sites::Mixed, Sites::Scaled),
                         [](const auto& tested) { return name(tested.param); });

TEST(Agreement, RanksTiesAndLeavesUntouchedCellsOut) {
    PatchGrid exact, estimate;
    exact.site = estimate.site = PatchSite::ResidPre;
    exact.shape = estimate.shape = {2, 3};
    exact.values = Table(1, 6);
    exact.values << 0, 1, 2, 0, 3, 3;
    estimate.values = Table(1, 6);
    estimate.values << 0, 10, 20, 0, 31, 30;
    const auto agreement = agreementOf(exact, estimate, false);
    EXPECT_EQ(agreement.cells, 4U);
    // Ranks 1, 2, 3.5, 3.5 against 1, 2, 4, 3.
    EXPECT_NEAR(agreement.spearman, 4.5 / std::sqrt(4.5 * 5.0), 1e-12);
    EXPECT_GT(agreement.pearson, 0.99);
    EXPECT_DOUBLE_EQ(agreement.layerError[0], 27.0);
    EXPECT_DOUBLE_EQ(agreement.layerError[1], 55.0);
    EXPECT_EQ(agreement.worst[0].cell, 4);
    estimate.values = exact.values * -1.0;
    EXPECT_NEAR(agreementOf(exact, estimate, false).pearson, -1.0, 1e-12);
    estimate.values.setConstant(2.0);
    EXPECT_TRUE(std::isnan(agreementOf(exact, estimate, false).pearson));
}

} // namespace
} // namespace residuum::test

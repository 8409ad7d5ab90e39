// The Jacobian lens against finite differences of the forward pass.
#include "core/model/forward.h"
#include "core/model/weights.h"
#include "plain_lens.h"

#include "analysis/lens/jacobian.h"
#include "core/task/error.h"

namespace residuum::test {
namespace {

std::shared_ptr<const Model> synthetic(Sites sites, const TemporaryFolder& folder) {
    const auto place = folder.path() / name(sites);
    writeSyntheticGpt2(place, withSites(syntheticConfig(3, 2, 16, 300, 32), sites), 7);
    return openAt(place);
}

/// What ln_f reads, [T, d], where block `layer`'s output is `resid` [1, T, d].
at::Tensor finalOf(const Model& model, int layer, at::Tensor resid) {
    for (int l = layer + 1; l < model.info().config.n_layers; ++l)
        resid = forwardBlock(model.weights(), LayerIndex(l), resid, nullptr);
    return resid.squeeze(0);
}

/// By central differences, one feature at one position at a time.
at::Tensor differences(const Model& model, const std::vector<int>& prompt, int layer) {
    const PlainStreams streams(model, promptsOf({prompt}).tokens.sequences.front().tokens);
    const auto& rows = streams.points[static_cast<std::size_t>(2 * (layer + 1))];
    const auto T = static_cast<std::int64_t>(rows.size()), d = std::int64_t{16};
    auto resid = at::empty({1, T, d}, at::kDouble);
    for (std::int64_t t = 0; t < T; ++t)
        for (std::int64_t j = 0; j < d; ++j)
            resid[0][t][j] = rows[static_cast<std::size_t>(t)][static_cast<std::size_t>(j)];
    const auto [first, last] = jacobianSources(T);
    auto J = at::zeros({d, d}, at::kDouble);
    constexpr double step = 1e-6;
    for (auto t = first; t < last; ++t)
        for (std::int64_t j = 0; j < d; ++j) {
            auto up = resid.clone(), down = resid.clone();
            up[0][t][j] += step;
            down[0][t][j] -= step;
            const auto change =
                (finalOf(model, layer, up) - finalOf(model, layer, down)) / (2.0 * step);
            J.select(1, j).add_(change.sum(0) / static_cast<double>(last - first));
        }
    return J;
}

TEST(Jacobian, SourcePositions) {
    const auto expect = [](std::int64_t length, std::int64_t first) {
        EXPECT_EQ(jacobianSources(length).first, first) << length;
        EXPECT_EQ(jacobianSources(length).last, length - 1) << length;
        EXPECT_LT(first, length - 1);
    };
    expect(2, 0);
    expect(4, 1);
    expect(17, 4);
    expect(18, 16);
    expect(1024, 16);
}

class JacobianOf : public ::testing::TestWithParam<Sites> {};

TEST_P(JacobianOf, IsWhatDifferencesSay) {
    const TemporaryFolder folder;
    const auto model = synthetic(GetParam(), folder);
    const std::vector<int> one{1, 200, 3, 7, 299}, two{5, 6, 7, 8};
    Progress progress;
    for (const std::int64_t memory : {std::int64_t{1}, std::int64_t{1} << 30}) {
        const auto found =
            jacobians(model->weights(), promptsOf({one, two}).tokens, memory, progress);
        ASSERT_EQ(found.size(), 3U);
        for (int layer = 0; layer < 3; ++layer) {
            const auto expected =
                (differences(*model, one, layer) + differences(*model, two, layer)) / 2.0;
            const auto off = (found[static_cast<std::size_t>(layer)] - expected).abs().max();
            EXPECT_LT(off.item<double>(), 1e-6) << layer;
        }
    }
}

/// Readouts of J h by plain loops.
TEST_P(JacobianOf, ReadsWhatPlainLoopsSay) {
    const TemporaryFolder folder;
    const auto model = synthetic(GetParam(), folder);
    const auto input = promptsOf({{1, 200, 3, 7, 299}});
    LensRequest request;
    request.position.all = true;
    request.top = 3;
    request.jacobian = true;
    request.track.ids = {TokenId(17)};
    const auto result = readLensOf(*model, input, request);
    ASSERT_EQ(result->jacobian.points, (std::vector<std::string>{"0_post", "1_post", "2_post"}));
    Progress progress;
    const auto J = jacobians(model->weights(), input.tokens, 1 << 20, progress);
    const PlainStreams streams(*model, input.tokens.sequences.front().tokens);
    for (Eigen::Index row = 0; row < 5; ++row)
        for (Eigen::Index layer = 0; layer < 3; ++layer) {
            const auto& h = streams.points[static_cast<std::size_t>(2 * (layer + 1))]
                                          [static_cast<std::size_t>(row)];
            const auto rows = numbersOf(J[static_cast<std::size_t>(layer)]);
            Numbers x;
            for (std::size_t i = 0; i < h.size(); ++i) {
                const auto r = residuum::test::rowOf(rows, i, h.size());
                x.push_back(std::inner_product(h.begin(), h.end(), r.begin(), 0.0));
            }
            const PlainReading plain(plainLogits(*model, plainNorm(*model, x, x)));
            EXPECT_NEAR(result->jacobian.entropy(layer, row), plain.entropy, 1e-10);
            EXPECT_NEAR(result->jacobian.logProb(layer, row), plain.logits[17] - plain.normaliser,
                        1e-10);
            EXPECT_EQ(result->jacobian.rank(layer, row), plain.rank(17));
            EXPECT_EQ(result->jacobian.topToken(3 * layer, row),
                      static_cast<double>(plain.order.front()));
            EXPECT_LT(result->jacobian.check[static_cast<std::size_t>(row)], 1e-10);
        }
}

INSTANTIATE_TEST_SUITE_P(Models, JacobianOf,
                         ::testing::Values(Sites::LayerNorm, Sites::Removed, Sites::RmsNorm,
                                           Sites::DynamicTanh, Sites::Mixed),
                         [](const auto& tested) { return name(tested.param); });

TEST(Jacobian, NeedsTwoTokens) {
    const TemporaryFolder folder;
    const auto model = synthetic(Sites::LayerNorm, folder);
    LensRequest request;
    request.jacobian = true;
    EXPECT_THROW(readLensOf(*model, promptsOf({{1, 2}, {3}}), request), Error);
    const auto said = LensAnalysis::cost(*model, promptsOf({{1, 2}}), request, 0).text;
    EXPECT_NE(said.find("16 backward passes for each of 1 sequence"), std::string::npos) << said;
}

} // namespace
} // namespace residuum::test

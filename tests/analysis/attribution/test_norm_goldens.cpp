// Attribution in models of every kind against reference numbers.
#include "analysis/attribution/dla.h"

#include "support/norm_goldens.h"

namespace residuum::test {
namespace {

class NormAttribution : public NormGoldens {};

/// Of the parts frozen effects add up; of those that are components the recomputed ones are there.
TEST_P(NormAttribution, PartsAddUpAndAreComplete) {
    const auto model = openNormGolden(GetParam());
    TokenInput input;
    input.sequences.emplace_back();
    for (const int token : normGoldenTokens("/tokens"))
        input.sequences[0].tokens.emplace_back(token);
    DlaRequest request;
    request.target.rule = TargetRule::Argmax;
    Progress progress;
    const auto result = attributeLogits(*model, input, request, progress);
    EXPECT_EQ(result->rows[0].target.value, static_cast<int>(golden("target").values.at(0)));
    EXPECT_NEAR(result->rows[0].completenessError, 0.0, 1e-12);
    const auto frozen = golden("frozen").values, recomputed = golden("recomputed").values;
    std::vector<double> sums(frozen.size(), 0.0);
    for (std::size_t c = 0; c < result->components.size(); ++c) {
        const auto& component = result->components[c];
        const auto row = static_cast<Eigen::Index>(c);
        const auto ofLayer = 2 + 2 * static_cast<std::size_t>(component.layer.value);
        switch (component.kind) {
        case ComponentKind::Embed:
            sums[0] += result->dla(row, 0);
            EXPECT_NEAR(result->directEffect(row, 0), recomputed[0], 1e-10);
            break;
        case ComponentKind::PosEmbed:
            sums[1] += result->dla(row, 0);
            EXPECT_NEAR(result->directEffect(row, 0), recomputed[1], 1e-10);
            break;
        case ComponentKind::Head:
        case ComponentKind::AttnBias:
            sums[ofLayer] += result->dla(row, 0);
            break;
        case ComponentKind::Mlp:
        case ComponentKind::MlpBias:
            sums[ofLayer + 1] += result->dla(row, 0);
            break;
        }
    }
    double worst = 0.0;
    for (std::size_t part = 0; part < sums.size(); ++part) {
        EXPECT_NEAR(sums[part], frozen[part], 1e-10) << part;
        worst = std::max(worst, std::abs(sums[part] - frozen[part]));
    }
    std::printf("%s: frozen effects off by at most %.2g, completeness by %.2g\n", GetParam(), worst,
                result->rows[0].completenessError);
}

INSTANTIATE_TEST_SUITE_P(Models, NormAttribution, ::testing::ValuesIn(normGoldens),
                         [](const auto& tested) { return std::string(tested.param); });

} // namespace
} // namespace residuum::test

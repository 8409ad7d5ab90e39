// Exact patching in models of every kind against reference numbers.
#include "analysis/patching/patching.h"

#include "support/norm_goldens.h"

namespace residuum::test {
namespace {

class NormPatching : public NormGoldens {};

TEST_P(NormPatching, ResidPre) {
    const auto model = openNormGolden(GetParam());
    const auto sequence = [](const std::vector<int>& ids) {
        TokenSequence tokens;
        for (const int id : ids)
            tokens.tokens.emplace_back(id);
        return tokens;
    };
    const auto answers = normGolden("/answers").values;
    PairTokens pairs;
    pairs.add(sequence(normGoldenTokens("/tokens")), sequence(normGoldenTokens("/corrupt")),
              {TokenId(static_cast<int>(answers[0])), TokenId(static_cast<int>(answers[1]))});
    PatchRequest request;
    request.sites = {PatchSite::ResidPre};
    request.methods = {PatchMethod::Exact};
    Progress progress;
    const auto result = patchPairs(*model, pairs, request, progress);
    const auto want = golden("patch/resid_pre").values;
    ASSERT_EQ(result->grids.at(0).values.cols(), static_cast<Eigen::Index>(want.size()));
    double worst = 0.0;
    for (std::size_t i = 0; i < want.size(); ++i) {
        const double have = result->grids[0].values(0, static_cast<Eigen::Index>(i));
        EXPECT_NEAR(have, want[i], 1e-10) << i;
        worst = std::max(worst, std::abs(have - want[i]));
    }
    std::printf("%s: patching of resid_pre off by at most %.2g\n", GetParam(), worst);
}

INSTANTIATE_TEST_SUITE_P(Models, NormPatching, ::testing::ValuesIn(normGoldens),
                         [](const auto& tested) { return std::string(tested.param); });

} // namespace
} // namespace residuum::test

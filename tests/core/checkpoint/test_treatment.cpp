// The words for what is frozen and recomputed.
#include "core/checkpoint/treatment.h"

#include <gtest/gtest.h>

namespace residuum {
namespace {

Normalization of(const NormSite& blocks, const NormSite& final) {
    return {{{blocks, blocks, blocks}, {blocks, blocks, blocks}}, final, {}};
}

TEST(Treatment, NamesTheFinalSitesKind) {
    const auto frozen = [](const NormSite& final) {
        return Treatment(of(LayerNorm{}, final)).frozen();
    };
    EXPECT_EQ(frozen(LayerNorm{}), "LN frozen");
    EXPECT_EQ(frozen(RemovedNorm{}), "LN frozen") << "it is what LayerNorm leaves";
    EXPECT_EQ(frozen(RmsNorm{}), "RMSNorm frozen");
    EXPECT_EQ(frozen(DynamicTanh{}), "DyT gate frozen");
    EXPECT_EQ(Treatment(of(LayerNorm{}, RmsNorm{})).recomputed(), "RMSNorm recomputed")
        << "an effect on the final stream passes no other site";
}

TEST(Treatment, IsNeutralWhereKindsDifferOrNoModelIsAtHand) {
    Treatment treatment;
    EXPECT_EQ(treatment.frozen(), "normalisation frozen");
    EXPECT_EQ(treatment.recomputed(), "normalisation recomputed");
    EXPECT_EQ(treatment.mediated(), "normalisation-mediated");
    treatment.add(of(LayerNorm{}, LayerNorm{}));
    treatment.add(of(LayerNorm{}, RemovedNorm{}));
    EXPECT_EQ(treatment.mediated(), "LN-mediated");
    treatment.add(of(LayerNorm{}, DynamicTanh{}));
    EXPECT_EQ(treatment.frozen(), "normalisation frozen");
}

TEST(Treatment, OfALayerRecomputesTheSitesBehindIt) {
    const auto model = of(LayerNorm{}, DynamicTanh{});
    Treatment last, first;
    last.add(model, 1);
    EXPECT_EQ(last.recomputed(), "DyT gate recomputed");
    EXPECT_EQ(last.mediated(), "DyT-gate-mediated");
    EXPECT_EQ(last.unitScale(), "DyT gate 1");
    first.add(model, 0);
    EXPECT_EQ(first.recomputed(), "normalisation recomputed");
    EXPECT_EQ(first.frozen(), "DyT gate frozen") << "that is ln_f's alone";
}

TEST(Treatment, KnowsFilesThatTellNoSites) {
    Normalization old;
    old.summaryOnly = "mixed";
    EXPECT_EQ(Treatment(old).frozen(), "LN frozen") << "of LayerNorm and removed sites then";
    old.summaryOnly = "RMSNorm";
    EXPECT_EQ(Treatment(old).frozen(), "RMSNorm frozen");
    EXPECT_EQ(Treatment(old).unitScale(), "RMSNorm scale 1");
}

} // namespace
} // namespace residuum

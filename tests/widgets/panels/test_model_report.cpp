// The report behind a model's badge.
#include "widgets/panels/attribution_header.h"

#include <gtest/gtest.h>

namespace residuum {
namespace {

TEST(ModelReport, ListsEverySiteWithItsKindAndConstants) {
    ModelInfo info;
    info.normalization.blocks = {{RmsNorm{1e-6, true}, RemovedNorm{2.5}, DynamicTanh{0.75}}};
    const auto report = modelReport(info);
    for (const char* part :
         {"ln1 (q, k): RMSNorm, eps 1e-06 outside the root", "ln1 (v): removed, sigma 2.5",
          "ln2: DyT, alpha 0.75", "final site", "LayerNorm, eps 1e-05"})
        EXPECT_TRUE(report.contains(QString::fromUtf8(part))) << part;
}

TEST(ModelReport, SaysOnceWhatAllSitesAre) {
    ModelInfo info;
    info.normalization.blocks.resize(2);
    EXPECT_TRUE(modelReport(info).contains(QStringLiteral("all 7: LayerNorm, eps 1e-05")));
    info.normalization.summaryOnly = "mixed";
    EXPECT_FALSE(modelReport(info).contains(QStringLiteral("all 7"))) << "not known";
}

} // namespace
} // namespace residuum

// What sites divide by while they go one after the other.
#include "removal_setup.h"

#include "analysis/removal/site_states.h"
#include "core/task/error.h"

#include <cmath>

namespace residuum::test {
namespace {

Normalization twoLayers() {
    return {{BlockNorms{LayerNorm{}, LayerNorm{}, LayerNorm{}},
             BlockNorms{LayerNorm{}, LayerNorm{}, LayerNorm{}}},
            LayerNorm{},
            {}};
}

const std::vector<double> first{1.0, 2.0, 3.0, 4.0, 5.0}, later{2.0, 3.0, 4.0, 5.0, 6.0};

TEST(SiteStates, GoInTheirOrder) {
    SiteStates sites(twoLayers(), 0.5);
    std::vector<std::string> order;
    for (int step = 0; step < 24; ++step)
        for (const auto& gone : sites.remove(quickSchedule(), step))
            order.push_back(std::to_string(step) + " " + siteName(gone));
    EXPECT_EQ(order, (std::vector<std::string>{"4 h.0.ln_2", "6 h.1.ln_2", "8 h.0.ln_1.qk",
                                               "10 h.1.ln_1.qk", "12 h.0.ln_1.v", "15 h.1.ln_1.v",
                                               "18 ln_f"}));
    EXPECT_EQ(sites.normalization().removedCount(), 7U);
}

TEST(SiteStates, FollowTheBatchesUntilTheyAreFrozen) {
    SiteStates sites(twoLayers(), 0.5);
    sites.calibrate(first);
    EXPECT_EQ(sites.sigma(), first);
    sites.track(later);
    EXPECT_DOUBLE_EQ(sites.sigma()[0], 0.125 * 1.0 + 0.875 * 2.0); // ln_1: three times a batch
    EXPECT_DOUBLE_EQ(sites.sigma()[1], 0.5 * 2.0 + 0.5 * 3.0);
    const double frozen = sites.sigma()[1];
    sites.remove(quickSchedule(), 8); // both ln_2, and layer 0's queries and keys
    sites.track(later);
    EXPECT_EQ(sites.sigma()[1], frozen);
    EXPECT_EQ(sites.normalization().blocks[0].ln2, NormSite(RemovedNorm{frozen}));
    // One σ per ln_1: it goes on until the values' site is removed too.
    const double moving = sites.sigma()[0];
    EXPECT_EQ(sites.normalization().blocks[0].ln1_qk, NormSite(RemovedNorm{moving}));
    sites.remove(quickSchedule(), 12);
    sites.track(first);
    EXPECT_EQ(sites.sigma()[0], moving);
    EXPECT_EQ(sites.normalization().blocks[0].ln1_qk, sites.normalization().blocks[0].ln1_v);
}

TEST(SiteStates, KeepWhatAHalfRemovedModelHas) {
    auto start = twoLayers();
    start.blocks[1].ln2 = RemovedNorm{9.0};
    start.blocks[0].ln1_qk = RemovedNorm{7.0};
    SiteStates sites(start, 0.5);
    sites.calibrate(first);
    EXPECT_EQ(sites.sigma(), (std::vector<double>{7.0, 2.0, 3.0, 9.0, 5.0}));
    EXPECT_EQ(sites.remove(quickSchedule(), 23).size(), 5U);
    EXPECT_EQ(sites.normalization().blocks[1].ln2, NormSite(RemovedNorm{9.0}));
}

TEST(SiteStates, OtherKindsAreRefused) {
    auto start = twoLayers();
    start.blocks[1].ln1_v = RmsNorm{};
    EXPECT_THROW(SiteStates(start, 0.5), Error);
}

} // namespace
} // namespace residuum::test

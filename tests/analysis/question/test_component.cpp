#include "analysis/question/component.h"

#include <gtest/gtest.h>

namespace residuum {
namespace {

TEST(Component, LabelsRoundTripAndRowsMatchTheOrder) {
    const auto components = allComponents(3, 4);
    ASSERT_EQ(components.size(), 2u + 3u * 7u);
    for (std::size_t i = 0; i < components.size(); ++i) {
        EXPECT_EQ(parseComponent(label(components[i])), components[i]) << label(components[i]);
        EXPECT_EQ(componentRow(components[i], 4), static_cast<int>(i)) << label(components[i]);
    }
    EXPECT_EQ(label(components[2]), "L0H0");
    EXPECT_EQ(label(components[6]), "L0.attn_bias");
}

TEST(Component, RefusesEverythingElse) {
    for (const auto* text :
         {"", "L", "LH", "L1", "L1H", "LxH1", "L1H-1", "L1.resid", "l1h1", "L1H2 ", "embedding"})
        EXPECT_FALSE(parseComponent(text)) << text;
}

} // namespace
} // namespace residuum

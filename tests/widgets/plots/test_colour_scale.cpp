#include "widgets/plots/colour_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace residuum {
namespace {

double lightness(const QColor& c) {
    const auto linear = [](double v) {
        return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
}

ColourScale scaleOf(ColourMap map) {
    ColourScale scale;
    scale.map = map;
    scale.limit = 2.0;
    return scale;
}

class ColourScaleTest : public ::testing::TestWithParam<bool> {};

TEST_P(ColourScaleTest, DivergingIsBalancedAboutZero) {
    const bool dark = GetParam();
    const auto scale = scaleOf(ColourMap::Diverging);
    for (const double value : {0.25, 0.5, 1.0, 1.5, 2.0})
        EXPECT_NEAR(lightness(colourOf(value, scale, dark)),
                    lightness(colourOf(-value, scale, dark)), 0.06)
            << value;
    EXPECT_EQ(colourOf(5.0, scale, dark), colourOf(2.0, scale, dark)) << "clamped";
    EXPECT_EQ(colourOf(-5.0, scale, dark), colourOf(-2.0, scale, dark)) << "clamped";
    const auto low = colourOf(-2.0, scale, dark), high = colourOf(2.0, scale, dark);
    EXPECT_GT(low.blueF() - low.redF(), 0.2) << "blue below zero";
    EXPECT_GT(high.redF() - high.blueF(), 0.2) << "red above zero";
}

TEST_P(ColourScaleTest, SequentialIsMonotoneInLightness) {
    const bool dark = GetParam();
    const auto scale = scaleOf(ColourMap::Sequential);
    double previous = lightness(colourOf(0.0, scale, dark));
    const double direction = dark ? 1.0 : -1.0;
    for (int i = 1; i <= 20; ++i) {
        const double now = lightness(colourOf(0.1 * i, scale, dark));
        EXPECT_GE(direction * (now - previous), -1e-3) << i;
        previous = now;
    }
}

INSTANTIATE_TEST_SUITE_P(Themes, ColourScaleTest, ::testing::Bool());

TEST(NiceLimit, CoversTheValuesWithARoundNumber) {
    EXPECT_DOUBLE_EQ(niceLimit(std::vector{0.3, -2.2}), 2.5);
    EXPECT_DOUBLE_EQ(niceLimit(std::vector{0.0123}), 0.015);
    EXPECT_DOUBLE_EQ(niceLimit(std::vector{700.0, std::nan("")}), 800.0);
    EXPECT_DOUBLE_EQ(niceLimit(std::vector<double>{}), 1.0);
    EXPECT_DOUBLE_EQ(niceLimit(std::vector{0.0}), 1.0);
}

TEST(Numbers, HaveThreeDigitsAndATrueMinus) {
    EXPECT_EQ(threeDigits(0.0), QStringLiteral("0"));
    EXPECT_EQ(threeDigits(12.34), QStringLiteral("12.3"));
    EXPECT_EQ(threeDigits(-0.01234), QStringLiteral("−0.0123"));
    EXPECT_EQ(threeDigits(123456.0), QStringLiteral("1.23e5"));
    EXPECT_EQ(threeDigits(1.234e-7), QStringLiteral("1.23e−7"));
    EXPECT_EQ(oneDigit(3.2e-7), QStringLiteral("3e−7"));
}

} // namespace
} // namespace residuum

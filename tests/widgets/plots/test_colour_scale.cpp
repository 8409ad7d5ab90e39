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

ColourScale fitted(const std::vector<double>& values, const ScaleEnd& end = {}) {
    ColourScale scale;
    scale.unit = QStringLiteral("logits");
    fitScale(scale, values, end);
    return scale;
}

TEST(ColourScaleEnd, AnOutlierDoesNotOwnIt) {
    std::vector<double> values(45, 0.0);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = 0.02 * static_cast<double>(i) - 0.4; // −0.4 … 0.48
    EXPECT_FALSE(fitted(values).robust);
    EXPECT_DOUBLE_EQ(fitted(values).limit, 0.5);
    EXPECT_FALSE(fitted(values).clips());
    EXPECT_EQ(clippedText(fitted(values)), QString());
    values.push_back(2.3); // large, and no outlier
    EXPECT_FALSE(fitted(values).robust);
    values.back() = -9.9;
    const auto scale = fitted(values);
    EXPECT_TRUE(scale.robust);
    EXPECT_DOUBLE_EQ(scale.limit, 0.5);
    EXPECT_TRUE(scale.clips(-9.9));
    EXPECT_FALSE(scale.clips(0.48));
    EXPECT_FALSE(scale.clips(std::nan("")));
    EXPECT_EQ(clippedText(scale),
              QStringLiteral("the colours end at 0.500 logits (robust limit), the largest value "
                             "is −9.90"));
    EXPECT_DOUBLE_EQ(fitted(values, {std::nullopt, true}).limit, 10.0) << "the full range";
    EXPECT_FALSE(fitted(values, {std::nullopt, true}).clips());
    const auto locked = fitted(values, {0.3, false});
    EXPECT_DOUBLE_EQ(locked.limit, 0.3);
    EXPECT_TRUE(locked.locked);
    EXPECT_TRUE(locked.clips(0.48)) << "a locked scale says what it clips";
}

TEST(ColourScaleEnd, ManyLargeValuesAreNoOutliers) {
    std::vector<double> values(100, 0.1);
    std::fill_n(values.begin(), 4, 3.0);
    EXPECT_TRUE(fitted(values).robust) << "1 in 25";
    std::fill_n(values.begin(), 5, 3.0);
    EXPECT_FALSE(fitted(values).robust);
    // What is exactly 0 says nothing of how large the others are.
    std::vector<double> sparse(100, 0.0);
    std::fill_n(sparse.begin(), 9, 3.0);
    sparse[20] = 0.1;
    EXPECT_FALSE(fitted(sparse).robust);
    EXPECT_FALSE(fitted({9.0, 0.1, 0.1}).robust) << "too few to say what is far out";
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

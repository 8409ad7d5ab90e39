// The two maps are constructed in OkLCh (Björn Ottosson's Oklab in polar form), where equal steps
// look equal. L is lightness 0 … 1, C chroma, h hue in degrees.
//
// Diverging, with t = |value| / limit: a straight line in Oklab from a neutral grey (t = 0) to an
// end colour (t = 1); the same lightness at both ends, hues of Okabe and Ito's blue and vermilion,
// which stay apart for all common kinds of colour blindness.
//
// Sequential, with t = value / limit: lightness is a straight line from the background's to its
// opposite; hue turns from yellow through red to violet on light, and the other way on dark, so
// that violet is always the dark end; chroma swells in between.
//
// A colour outside sRGB keeps its lightness and hue and loses chroma.
#include "widgets/plots/colour_scale.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

namespace residuum {

namespace {

struct Lch {
    double lightness;
    double chroma;
    double hue;
};

struct Linear {
    double red;
    double green;
    double blue;
};

constexpr int halfSteps = 256; ///< from zero to the limit; one step is less than a display shows

Linear linearOf(const Lch& colour) {
    const double angle = colour.hue * std::numbers::pi / 180.0;
    const double a = colour.chroma * std::cos(angle);
    const double b = colour.chroma * std::sin(angle);
    const auto cube = [](double x) { return x * x * x; };
    const double l = cube(colour.lightness + 0.3963377774 * a + 0.2158037573 * b);
    const double m = cube(colour.lightness - 0.1055613458 * a - 0.0638541728 * b);
    const double s = cube(colour.lightness - 0.0894841775 * a - 1.2914855480 * b);
    return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

bool displayable(const Linear& colour) {
    const auto inside = [](double x) { return x >= -1e-4 && x <= 1.0 + 1e-4; };
    return inside(colour.red) && inside(colour.green) && inside(colour.blue);
}

double encoded(double linear) {
    const double x = std::clamp(linear, 0.0, 1.0);
    return x <= 0.0031308 ? 12.92 * x : 1.055 * std::pow(x, 1.0 / 2.4) - 0.055;
}

QColor colourOf(Lch colour) {
    if (!displayable(linearOf(colour))) {
        double inside = 0.0;
        double outside = colour.chroma;
        for (int i = 0; i < 20; ++i) {
            colour.chroma = (inside + outside) / 2.0;
            (displayable(linearOf(colour)) ? inside : outside) = colour.chroma;
        }
        colour.chroma = inside;
    }
    const Linear linear = linearOf(colour);
    const auto byte = [](double x) { return static_cast<int>(std::lround(255.0 * encoded(x))); };
    return QColor(byte(linear.red), byte(linear.green), byte(linear.blue));
}

Lch diverging(double t, bool positive, bool dark) {
    const double neutral = dark ? 0.31 : 0.975;
    const double end = dark ? 0.80 : 0.53;
    const double chroma = dark ? (positive ? 0.14 : 0.12) : (positive ? 0.175 : 0.15);
    const double hue = positive ? 43.0 : 250.0;
    return {std::lerp(neutral, end, t), chroma * t, hue};
}

/// From dark blue over a middle grey to light yellow; t from -1 to 1.
Lch greySafe(double t) {
    return {std::lerp(0.34, 0.95, (t + 1.0) / 2.0), 0.13 * std::abs(t), t > 0.0 ? 100.0 : 262.0};
}

Lch sequential(double t, bool dark) {
    const double lightness = dark ? std::lerp(0.28, 0.94, t) : std::lerp(0.975, 0.30, t);
    const double hue = dark ? std::lerp(-55.0, 95.0, t) : std::lerp(95.0, -55.0, t);
    const double ends = dark ? std::lerp(0.03, 0.11, t) : std::lerp(0.015, 0.10, t);
    return {lightness, ends + 0.09 * std::sin(std::numbers::pi * t), hue};
}

using Table = std::array<QColor, 2 * halfSteps + 1>; ///< from -limit to limit

Lch colourAt(ColourMap map, ColourPalette palette, double t, bool dark) {
    if (map == ColourMap::Sequential)
        return sequential(std::max(t, 0.0), dark);
    return palette == ColourPalette::GreySafe ? greySafe(t) : diverging(std::abs(t), t > 0, dark);
}

Table makeTable(ColourMap map, ColourPalette palette, bool dark) {
    Table table;
    for (int i = -halfSteps; i <= halfSteps; ++i)
        table[static_cast<std::size_t>(i + halfSteps)] =
            colourOf(colourAt(map, palette, static_cast<double>(i) / halfSteps, dark));
    return table;
}

const Table& tableOf(const ColourScale& scale, bool dark) {
    using enum ColourMap;
    using enum ColourPalette;
    static const std::array<Table, 5> tables = {
        makeTable(Diverging, BlueRed, false), makeTable(Diverging, BlueRed, true),
        makeTable(Sequential, BlueRed, false), makeTable(Sequential, BlueRed, true),
        makeTable(Diverging, GreySafe, false)};
    if (scale.map == Diverging && scale.palette == GreySafe)
        return tables[4];
    return tables[(scale.map == Sequential ? 2U : 0U) + (dark ? 1U : 0U)];
}

constexpr std::size_t oneIn = 25; ///< as many values may lie beyond a robust limit
constexpr double farAbove = 5.0;  ///< times the others

/// The largest magnitude that is not far below the largest of all, if few lie above it.
std::optional<double> withoutOutliers(std::span<const double> values) {
    std::vector<double> sizes;
    for (const double value : values)
        if (std::isfinite(value) && value != 0.0)
            sizes.push_back(std::abs(value));
    const auto most = std::max<std::size_t>(1, sizes.size() / oneIn);
    if (sizes.size() < 10 || sizes.size() <= most) // too few to say what is far out
        return std::nullopt;
    std::partial_sort(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(most) + 1,
                      sizes.end(), std::greater<>());
    for (std::size_t beyond = 1; beyond <= most; ++beyond)
        if (sizes.front() > farAbove * sizes[beyond])
            return sizes[beyond];
    return std::nullopt;
}

} // namespace

void fitScale(ColourScale& scale, std::span<const double> values, const ScaleEnd& end) {
    scale.least = scale.most = 0.0;
    for (const double value : values)
        if (std::isfinite(value)) {
            scale.least = std::min(scale.least, value);
            scale.most = std::max(scale.most, value);
        }
    const auto others = end.fixed || end.full ? std::nullopt : withoutOutliers(values);
    scale.robust = others.has_value();
    scale.limit = end.fixed ? *end.fixed
                  : others  ? niceLimit(std::span(&*others, 1))
                            : niceLimit(values);
    scale.locked = end.fixed.has_value();
    const auto count = [&](bool upper) {
        return static_cast<int>(std::count_if(values.begin(), values.end(), [&](double value) {
            return scale.clips(value) && std::isfinite(value) && upper == (value > 0.0);
        }));
    };
    scale.above = count(true);
    scale.below = count(false);
}

QString beyondEnd(const ColourScale& scale, bool upper) {
    const double farthest = upper ? scale.most : scale.least;
    if (!scale.clips(farthest))
        return {};
    return QStringLiteral("%1 to %2")
        .arg(upper ? scale.above : scale.below)
        .arg(threeDigits(farthest));
}

QString endKind(const ColourScale& scale) {
    return !scale.clips() ? QString()
           : scale.robust ? QStringLiteral("robust")
           : scale.locked ? QStringLiteral("locked")
                          : QString();
}

QString clippedText(const ColourScale& scale) {
    if (!scale.clips())
        return {};
    const double largest = std::abs(scale.least) > std::abs(scale.most) ? scale.least : scale.most;
    return QStringLiteral("the colours end at %1%2%3, the largest value is %4")
        .arg(threeDigits(scale.limit),
             scale.unit.isEmpty() ? QString() : QStringLiteral(" ") + scale.unit,
             scale.robust ? QStringLiteral(" (robust limit)") : QString(), threeDigits(largest));
}

QColor inkOn(const QColor& fill) {
    const auto linear = [](double v) {
        return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    const double luminance = 0.2126 * linear(fill.redF()) + 0.7152 * linear(fill.greenF()) +
                             0.0722 * linear(fill.blueF());
    // Where both have the same contrast: (Y + 0.05)² = 0.05 × 1.05.
    return luminance > 0.179 ? QColor(0x11, 0x11, 0x11) : QColor(Qt::white);
}

QColor colourOf(double value, const ColourScale& scale, bool dark) {
    if (std::isnan(value))
        return dark ? QColor(0x70, 0x70, 0x70) : QColor(0xA8, 0xA8, 0xA8);
    const double limit = scale.limit > 0.0 ? scale.limit : 1.0;
    const double t = std::clamp(value / limit, -1.0, 1.0);
    const auto at = static_cast<std::size_t>(std::lround(t * halfSteps) + halfSteps);
    return tableOf(scale, dark)[at];
}

} // namespace residuum

// Values to colours: colour-blind-safe maps that survive grey printing.
#pragma once

#include <QColor>
#include <QString>

#include <span>

namespace residuum {

enum class ColourMap {
    Diverging, ///< signed values, symmetric about zero: blue - neutral - red (vermilion)
    Sequential ///< errors and magnitudes, from zero up; monotone in lightness
};

enum class ColourPalette {
    BlueRed, ///< the usual one
    GreySafe ///< signed values from dark blue to light yellow: in order also when printed in grey
};

/// One scale shared by all models of a view. Diverging: -limit … +limit. Sequential: 0 … limit.
struct ColourScale {
    ColourMap map = ColourMap::Diverging;
    double limit = 1.0; ///< > 0
    QString unit;       ///< e.g. "logits", "%"
    bool locked = false;
    ColourPalette palette = ColourPalette::BlueRed; ///< of signed values

    double lowest() const { return map == ColourMap::Diverging ? -limit : 0.0; }
    friend bool operator==(const ColourScale&, const ColourScale&) = default;
};

/// The colour of `value` (clamped to the scale); the neutral colour follows the background.
QColor colourOf(double value, const ColourScale& scale, bool dark);
/// A limit that shows `values` (NaNs skipped): their largest magnitude, rounded up to 1, 1.2,
/// 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten; 1 where there is none.
double niceLimit(std::span<const double> values);
/// `value` with three significant digits and a true minus sign, e.g. "−0.0123", "1.23e−7".
QString threeDigits(double value);
/// An error with one significant digit, e.g. "3e−7".
QString oneDigit(double value);

} // namespace residuum

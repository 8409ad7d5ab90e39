// Values to colours: colour-blind-safe maps that survive grey printing.
#pragma once

#include <QColor>
#include <QString>

#include <optional>
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
    bool robust = false; ///< the limit leaves out what lies far above everything else
    /// Smallest and largest value that are shown on it; 0 and 0 where that is not known.
    double least = 0.0, most = 0.0;
    int below = 0, above = 0; ///< how many values lie beyond each end

    double lowest() const { return map == ColourMap::Diverging ? -limit : 0.0; }
    /// Whether a value has a colour that is not its own: it is marked where it is drawn.
    bool clips(double value) const { return value > limit || value < lowest(); }
    bool clips() const { return clips(most) || clips(least); }
    friend bool operator==(const ColourScale&, const ColourScale&) = default;
};

/// The colour of `value` (clamped to the scale); the neutral colour follows the background.
QColor colourOf(double value, const ColourScale& scale, bool dark);
/// Black or white, whichever is easier to read on `fill`.
QColor inkOn(const QColor& fill);
/// A limit that shows `values` (NaNs skipped): their largest magnitude, rounded up to 1, 1.2,
/// 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten; 1 where there is none.
double niceLimit(std::span<const double> values);
/// How the end of a scale is chosen.
struct ScaleEnd {
    std::optional<double> fixed; ///< the user's; empty: what the values need
    bool full = false;           ///< what they need is their whole range, whatever lies far out
};
/// Sets the scale's limit, and what it says of the values. Usually that is `niceLimit`. Where no
/// more than 1 in 25 values (of those that are not 0; at least 1) are more than 5 times as large as
/// all others the limit is robust: that of the others.
void fitScale(ColourScale& scale, std::span<const double> values, const ScaleEnd& end);
/// "3 to 9.92": how many values lie beyond the upper or the lower end, and the farthest; "" where
/// none does.
QString beyondEnd(const ColourScale& scale, bool upper);
/// "robust" or "locked", of a scale that leaves values out; "" of one that shows them all.
QString endKind(const ColourScale& scale);
/// "the colours end at 1.2 logits (robust limit), the largest value is 9.92"; "" where nothing is
/// beyond them.
QString clippedText(const ColourScale& scale);

/// `value` with three significant digits and a true minus sign, e.g. "−0.0123", "1.23e−7".
QString threeDigits(double value);
/// An error with one significant digit, e.g. "3e−7".
QString oneDigit(double value);

} // namespace residuum

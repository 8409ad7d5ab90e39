// Numbers as text.
#include "widgets/plots/colour_scale.h"

#include <cmath>
#include <cstdio>
#include <string>

namespace residuum {

namespace {

const QChar minus(0x2212);

/// `value` rounded to `digits` significant digits: written out between 1e-3 and 1e5, else with an
/// exponent.
QString significant(double value, int digits) {
    if (std::isnan(value))
        return QStringLiteral("n/a");
    const QString sign = std::signbit(value) && value != 0.0 ? QString(minus) : QString();
    if (std::isinf(value))
        return sign + QChar(0x221E);
    if (value == 0.0)
        return QStringLiteral("0");
    // Rounded first: 9.996 has the exponent of 10.0.
    char rounded[40];
    std::snprintf(rounded, sizeof rounded, "%.*e", digits - 1, std::abs(value));
    const std::string text = rounded;
    const auto at = text.find('e');
    const int exponent = std::stoi(text.substr(at + 1));
    if (exponent >= -3 && exponent < 5) {
        const double shown = std::stod(text);
        const int decimals = std::max(0, digits - 1 - exponent);
        return sign + QString::number(shown, 'f', decimals);
    }
    const QString power = QString::number(std::abs(exponent));
    return sign + QString::fromStdString(text.substr(0, at)) + QLatin1Char('e') +
           (exponent < 0 ? QString(minus) : QString()) + power;
}

} // namespace

double niceLimit(std::span<const double> values) {
    double largest = 0.0;
    for (const double value : values)
        if (std::isfinite(value))
            largest = std::max(largest, std::abs(value));
    if (largest <= 0.0)
        return 1.0;
    const double power = std::pow(10.0, std::floor(std::log10(largest)));
    for (const double step : {1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0})
        if (largest <= step * power * (1.0 + 1e-9))
            return step * power;
    return 10.0 * power;
}

QString threeDigits(double value) {
    return significant(value, 3);
}

QString oneDigit(double value) {
    return significant(value, 1);
}

} // namespace residuum

// Which ticks an axis has and which of them are labelled.
#include "widgets/plots/plot_frame.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

bool isNumber(const QString& label) {
    QString plain = label;
    plain.replace(QChar(0x2212), QLatin1Char('-'));
    bool ok = false;
    plain.toDouble(&ok);
    return ok;
}

/// "1", "0.02", "5e−4".
QString powerOfTen(int step, int exponent) {
    if (exponent > -3 && exponent < 4)
        return QString::number(step * std::pow(10.0, exponent), 'g', 4);
    return QStringLiteral("%1e%2%3")
        .arg(step)
        .arg(exponent < 0 ? QString(QChar(0x2212)) : QString())
        .arg(std::abs(exponent));
}

} // namespace

std::vector<bool> uncrowded(const std::vector<AxisTick>& ticks, const std::vector<double>& centres,
                            const std::vector<double>& extents, double gap) {
    const std::size_t count = ticks.size();
    std::vector<bool> shown(count, false);
    const auto clash = [&](std::size_t i, std::size_t j) {
        return std::abs(centres[i] - centres[j]) < (extents[i] + extents[j]) / 2.0 + gap;
    };
    const auto free = [&](std::size_t i) {
        for (std::size_t j = 0; j < count; ++j)
            if (shown[j] && clash(i, j))
                return false;
        return true;
    };
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < count; ++i) {
        if (isNumber(ticks[i].label))
            numbers.push_back(i);
        else if (free(i))
            shown[i] = true;
    }
    // The stride for which no two numbers clash. Every tick is tried, as spacings may differ.
    std::size_t stride = 1;
    for (const std::size_t candidate : {1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 50, 100, 200}) {
        stride = candidate;
        bool fits = true;
        for (std::size_t n = stride; n < numbers.size() && fits; n += stride)
            fits = !clash(numbers[n - stride], numbers[n]);
        if (fits)
            break;
    }
    for (std::size_t n = 0; n < numbers.size(); n += stride)
        shown[numbers[n]] = free(numbers[n]);
    return shown;
}

std::vector<AxisTick> logTicks(double lower, double upper) {
    constexpr double beside = 1e-9;
    std::vector<AxisTick> ticks;
    if (!std::isfinite(lower) || !std::isfinite(upper))
        return ticks;
    for (const auto& steps :
         {std::vector{1}, std::vector{1, 2, 5}, std::vector{1, 2, 3, 4, 5, 6, 7, 8, 9}}) {
        ticks.clear();
        for (double decade = std::floor(lower); decade <= upper + beside; decade += 1.0)
            for (const int step : steps) {
                const double at = decade + std::log10(step);
                if (at >= lower - beside && at <= upper + beside)
                    ticks.push_back({at, powerOfTen(step, static_cast<int>(decade))});
            }
        if (ticks.size() >= 3)
            break;
    }
    if (ticks.size() < 2) { // within less than a digit: numbers between them
        ticks.clear();
        for (auto& tick : roundTicks(std::pow(10.0, lower), std::pow(10.0, upper), 4))
            if (tick.position > 0.0)
                ticks.push_back({std::log10(tick.position), std::move(tick.label)});
    }
    return ticks;
}

std::vector<AxisTick> roundTicks(double lower, double upper, int most) {
    if (!(upper > lower) || !std::isfinite(upper - lower) || most < 2)
        return {};
    const double rough = (upper - lower) / most;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    double step = 10.0 * power;
    int decimals = static_cast<int>(-std::floor(std::log10(rough))) - 1;
    for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
        if (rough <= factor * power * (1.0 + 1e-9)) {
            step = factor * power;
            decimals += factor == 2.5 ? 2 : 1;
            break;
        }
    }
    const bool plain = upper < 1e5 && decimals <= 4;
    std::vector<AxisTick> ticks;
    for (double n = std::ceil(lower / step - 1e-9); n * step <= upper + step * 1e-9; n += 1.0) {
        QString label =
            QString::number(n * step, plain ? 'f' : 'g', plain ? std::max(0, decimals) : 3);
        if (n == 0.0)
            label = QStringLiteral("0");
        label.replace(QLatin1Char('-'), QChar(0x2212));
        ticks.push_back({n * step, label});
    }
    return ticks;
}

} // namespace residuum

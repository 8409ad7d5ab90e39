#include "widgets/plots/bar_drawing.h"

#include "widgets/plots/plot_frame.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr int paperSteps = 128; ///< of the bar in a vector file

/// Three digits without trailing zeros.
QString shortest(double value) {
    QString text = threeDigits(value);
    if (text.contains(QLatin1Char('.')) && !text.contains(QLatin1Char('e')))
        while (text.endsWith(QLatin1Char('0')) || text.endsWith(QLatin1Char('.'))) {
            const bool point = text.endsWith(QLatin1Char('.'));
            text.chop(1);
            if (point)
                break;
        }
    return text;
}

/// Both ends, zero and, where there is room, what lies half-way: unlike round numbers in general
/// these always name the ends, and limits are round themselves.
std::vector<AxisTick> barTicks(const ColourScale& scale, double height, double line) {
    const double lowest = scale.lowest();
    const int steps = (scale.map == ColourMap::Diverging ? 2 : 1) * (height > 7.5 * line ? 2 : 1);
    std::vector<AxisTick> ticks;
    for (int i = 0; i <= steps; ++i) {
        const double value = lowest + (scale.limit - lowest) * i / steps;
        ticks.push_back({value, shortest(value)});
    }
    return ticks;
}

double textLeft(double line) {
    return 0.55 * line;
}

/// One line of the bar per device pixel row: a gradient would interpolate in another space.
void fillBar(QPainter& painter, const QRectF& bar, const ColourScale& scale,
             const PlotTheme& theme) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    const double lowest = scale.lowest();
    const double span = scale.limit - lowest;
    const double row =
        theme.crisp ? 1.0 / painter.device()->devicePixelRatioF() : bar.height() / paperSteps;
    const int rows = static_cast<int>(std::ceil(bar.height() / row - 1e-6));
    for (int i = 0; i < rows; ++i) {
        const double y = bar.top() + i * row;
        const double value = lowest + span * (bar.bottom() - y - row / 2.0) / bar.height();
        // Each reaches under the next, so that no seam shows between them.
        const double reach = theme.crisp ? row : bar.bottom() - y;
        painter.fillRect(QRectF(bar.left(), y, bar.width(), reach),
                         colourOf(value, scale, theme.dark));
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
}

/// A point beyond each end that does not hold all values, with how many it leaves out.
void drawCaps(QPainter& painter, const QRectF& bar, const ColourScale& scale,
              const PlotTheme& theme) {
    const double line = theme.tickMetrics().height();
    const double height = barCap * line;
    painter.setFont(theme.tickFont);
    const auto draw = [&](bool upper, double y, double tip, double textTop) {
        const auto text = beyondEnd(scale, upper);
        if (text.isEmpty())
            return;
        painter.setPen(QPen(blended(theme.ink, theme.background, 0.3), theme.unit));
        painter.setBrush(colourOf(upper ? scale.limit : scale.lowest(), scale, theme.dark));
        painter.drawPolygon(QPolygonF(
            {QPointF(bar.left(), y), QPointF(bar.center().x(), tip), QPointF(bar.right(), y)}));
        painter.setPen(theme.ink);
        painter.drawText(QRectF(bar.left(), textTop, 20.0 * line, line),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, text);
    };
    draw(true, bar.top(), bar.top() - height, bar.top() - height - 1.1 * line);
    draw(false, bar.bottom(), bar.bottom() + height, bar.bottom() + height + 0.1 * line);
}

} // namespace

void drawColourBar(QPainter& painter, const QRectF& bar, const ColourScale& scale,
                   const PlotTheme& theme, std::optional<double> marker) {
    const double line = theme.tickMetrics().height();
    const double lowest = scale.lowest();
    const auto yOf = [&](double value) {
        const double share = std::clamp((value - lowest) / (scale.limit - lowest), 0.0, 1.0);
        return bar.bottom() - share * bar.height();
    };
    fillBar(painter, bar, scale, theme);
    drawCaps(painter, bar, scale, theme);
    const double half = 0.5 * theme.unit;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(blended(theme.ink, theme.background, 0.3), theme.unit));
    painter.drawRect(bar.adjusted(-half, -half, half, half));
    painter.setFont(theme.tickFont);
    const double left = bar.right() + textLeft(line);
    for (const AxisTick& tick : barTicks(scale, bar.height(), line)) {
        const double y = yOf(tick.position);
        painter.setPen(QPen(theme.quiet, theme.unit));
        painter.drawLine(QPointF(bar.right() + theme.unit, y),
                         QPointF(bar.right() + 0.3 * line, y));
        if (!marker || std::abs(y - yOf(*marker)) > line)
            painter.drawText(QRectF(left, y - line / 2.0, 20.0 * line, line),
                             Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, tick.label);
    }
}

double colourBarTextWidth(const ColourScale& scale, const QSizeF& bar, const PlotTheme& theme) {
    const auto metrics = theme.tickMetrics();
    double widest = 0.0;
    for (const AxisTick& tick : barTicks(scale, bar.height(), metrics.height()))
        widest = std::max(widest, metrics.horizontalAdvance(tick.label));
    double beyond = 0.0; // which begin at the bar's left edge
    for (const bool upper : {true, false})
        beyond = std::max(beyond, metrics.horizontalAdvance(beyondEnd(scale, upper)));
    return std::max(textLeft(metrics.height()) + std::ceil(widest),
                    std::ceil(beyond) - bar.width());
}

double beyondRoom(const ColourScale& scale, bool upper, const PlotTheme& theme) {
    return beyondEnd(scale, upper).isEmpty() ? 0.0 : (barCap + 1.1) * theme.tickMetrics().height();
}

} // namespace residuum

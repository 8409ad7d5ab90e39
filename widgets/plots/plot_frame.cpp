#include "widgets/plots/plot_frame.h"

#include "widgets/text/eliding.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

double tickLength(const PlotTheme& theme) {
    return std::round(theme.tickMetrics().height() * 0.25);
}

/// Room that a label at the edge needs beyond the plot's area, which is about `length` long.
double overhang(const PlotAxis& axis, const std::vector<double>& extents, double length,
                bool atEnd) {
    double most = 0.0;
    for (std::size_t i = 0; i < axis.ticks.size(); ++i) {
        const double share = (axis.ticks[i].position - axis.first) / (axis.last - axis.first);
        const double room = (atEnd ? 1.0 - share : share) * length;
        most = std::max(most, extents[i] / 2.0 - room);
    }
    return most;
}

/// The area inside `rect` that is at most `most` times as wide as high and the other way round.
QRectF squarish(QRectF rect, double most) {
    if (most <= 0.0 || rect.isEmpty())
        return rect;
    const double width = std::min(rect.width(), most * rect.height());
    const double height = std::min(rect.height(), most * rect.width());
    // To the left, where the other models' plots have their edges too; to the top.
    rect.setWidth(width);
    rect.setHeight(height);
    return rect;
}

/// On paper, where nothing can be pointed at, a title that is too long gets a second line.
int titleLines(const QString& title, double width, const PlotTheme& theme) {
    return !theme.crisp && theme.titleMetrics().horizontalAdvance(title) > width ? 2 : 1;
}

void placeTitles(PlotFrame& frame, const QSizeF& size, const PlotTheme& theme, double pad,
                 double xTitleTop) {
    const QFontMetricsF metrics = theme.titleMetrics();
    const double height = metrics.height();
    const auto span = [&](double from, double to, double wanted, double whole) {
        const double length = std::min(wanted, whole - 2.0 * pad);
        const double centre = (from + to) / 2.0;
        const double start = std::clamp(centre - length / 2.0, pad, whole - pad - length);
        return std::pair(start, length);
    };
    if (!frame.x.title.isEmpty()) {
        const double wanted = metrics.horizontalAdvance(frame.x.title) + 1.0;
        const auto [left, width] =
            span(frame.area.left(), frame.area.right(), wanted, size.width());
        const int lines = titleLines(frame.x.title, size.width(), theme);
        frame.xTitleRect = QRectF(left, xTitleTop, width, height * lines);
        frame.xTitle = lines > 1 ? frame.x.title : elided(metrics, frame.x.title, width);
    }
    if (!frame.y.title.isEmpty()) {
        const double wanted = metrics.horizontalAdvance(frame.y.title) + 1.0;
        const auto [top, length] =
            span(frame.area.top(), frame.area.bottom(), wanted, size.height());
        frame.yTitleRect = QRectF(pad * 0.5, top, height, length);
        frame.yTitle = elided(metrics, frame.y.title, length);
    }
}

/// "·John 10": the name as far as there is room, the label whole.
QString namedLabel(const AxisTick& tick, const QFontMetricsF& metrics, double room) {
    if (tick.name.isEmpty())
        return tick.label;
    const auto end = QLatin1Char(' ') + tick.label;
    return elided(metrics, tick.name, room - metrics.horizontalAdvance(end)) + end;
}

/// Letters that a name is given at most.
constexpr double longestName = 12.0;

/// Whether turned names of `length` fit under an axis of `width`, within a plot of `height`.
bool areTurned(const PlotAxis& x, double length, double width, double height,
               const QFontMetricsF& metrics) {
    return length > 0.0 && width / std::max(1.0, x.last - x.first) >= 0.85 * metrics.height() &&
           length <= 0.3 * height;
}

} // namespace

double turnedLength(const std::vector<AxisTick>& ticks, const PlotTheme& theme) {
    const QFontMetricsF metrics = theme.tickMetrics();
    const double most = longestName * metrics.averageCharWidth();
    double length = 0.0;
    for (const AxisTick& tick : ticks)
        if (!tick.name.isEmpty())
            length = std::max(length, metrics.horizontalAdvance(namedLabel(tick, metrics, most)));
    return std::ceil(length);
}

double PlotFrame::toX(double coordinate) const {
    return area.left() + (coordinate - x.first) / (x.last - x.first) * area.width();
}

double PlotFrame::toY(double coordinate) const {
    return area.top() + (coordinate - y.first) / (y.last - y.first) * area.height();
}

double PlotFrame::fromX(double pixel) const {
    return x.first + (pixel - area.left()) / std::max(area.width(), 1.0) * (x.last - x.first);
}

double PlotFrame::fromY(double pixel) const {
    return y.first + (pixel - area.top()) / std::max(area.height(), 1.0) * (y.last - y.first);
}

PlotFrame layOutFrame(const QSizeF& size, const PlotTheme& theme, const PlotAxis& x,
                      const PlotAxis& y, const FrameStyle& style) {
    PlotFrame frame;
    frame.x = x;
    frame.y = y;
    frame.style = style;
    const QFontMetricsF ticks = theme.tickMetrics();
    const double titleHeight = theme.titleMetrics().height();
    const double pad = std::round(ticks.height() * 0.35);
    const double marks = style.spines ? tickLength(theme) : 0.0;

    std::vector<double> xExtents;
    std::vector<double> yExtents;
    double yWidth = 0.0;
    for (const AxisTick& tick : x.ticks)
        xExtents.push_back(ticks.horizontalAdvance(tick.label));
    QStringList yTexts;
    const double yRoom = std::min(longestName * ticks.averageCharWidth(), 0.3 * size.width());
    for (const AxisTick& tick : y.ticks) {
        yTexts << namedLabel(tick, ticks, yRoom);
        yWidth = std::max(yWidth, ticks.horizontalAdvance(yTexts.last()));
        yExtents.push_back(ticks.ascent() + ticks.descent());
    }
    const double left = pad * 0.5 + (y.title.isEmpty() ? 0.0 : titleHeight + pad * 0.5) +
                        std::ceil(yWidth) + pad + marks;
    const double between = ticks.horizontalAdvance(u'0') * 0.7; // labels of the x axis
    const auto crowded = [&](double width) {
        for (std::size_t i = 0; i + 1 < x.ticks.size(); ++i)
            if ((x.ticks[i + 1].position - x.ticks[i].position) / (x.last - x.first) * width <
                (xExtents[i] + xExtents[i + 1]) / 2.0 + between)
                return true;
        return false;
    };
    const bool staggered = style.everyXLabel && crowded(size.width() - left - pad);
    const double names = turnedLength(x.ticks, theme);
    const bool turned = areTurned(x, names, size.width() - left - pad, size.height(), ticks);
    const double xHeight = x.ticks.empty() ? 0.0
                           : turned        ? names
                                           : (staggered ? 2.0 : 1.0) * ticks.height();
    const double bottom =
        marks + pad * 0.5 + xHeight +
        (x.title.isEmpty() ? 0.0
                           : titleHeight * titleLines(x.title, size.width(), theme) + pad * 0.3) +
        pad * 0.5;
    const double aboutWidth = size.width() - left - pad;
    const double aboutHeight = size.height() - bottom - pad;
    const double top = std::max(pad, overhang(y, yExtents, aboutHeight, false) + 1.0);
    if (turned)
        std::fill(xExtents.begin(), xExtents.end(), ticks.height());
    const double right = std::max(pad, overhang(x, xExtents, aboutWidth, true) + 1.0);
    frame.area = QRectF(std::round(left), std::round(top),
                        std::max(0.0, std::floor(size.width() - left - right)),
                        std::max(0.0, std::floor(size.height() - top - bottom)));
    frame.area = squarish(frame.area, style.mostAspect);

    std::vector<double> xCentres;
    std::vector<double> yCentres;
    for (const AxisTick& tick : x.ticks)
        xCentres.push_back(frame.toX(tick.position));
    for (const AxisTick& tick : y.ticks)
        yCentres.push_back(frame.toY(tick.position));
    const double xTop = frame.area.bottom() + marks + pad * 0.5;
    const auto showX = staggered || turned ? std::vector<bool>(xCentres.size(), true)
                                           : uncrowded(x.ticks, xCentres, xExtents, between);
    for (std::size_t i = 0; i < xCentres.size(); ++i) {
        const double line = staggered && i % 2 == 1 ? ticks.height() : 0.0;
        const QRectF rect(xCentres[i] - xExtents[i] / 2.0, xTop + line, xExtents[i],
                          turned ? names : ticks.height());
        if (showX[i] && rect.left() >= 0.0 && rect.right() <= size.width())
            frame.xLabels.push_back(
                {rect, turned ? namedLabel(x.ticks[i], ticks, names) : x.ticks[i].label,
                 xCentres[i], turned});
    }
    const auto showY = uncrowded(y.ticks, yCentres, yExtents, 0.0);
    for (std::size_t i = 0; i < yCentres.size(); ++i) {
        const auto& text = yTexts[static_cast<qsizetype>(i)];
        const double width = ticks.horizontalAdvance(text);
        const QRectF rect(frame.area.left() - marks - pad * 0.6 - width,
                          yCentres[i] - yExtents[i] / 2.0, width, yExtents[i]);
        if (showY[i] && rect.top() >= 0.0 && rect.bottom() <= size.height())
            frame.yLabels.push_back({rect, text, yCentres[i]});
    }
    placeTitles(frame, size, theme, pad, xTop + xHeight + pad * 0.3);
    return frame;
}

namespace {

/// Reading upwards; `alignment` as the reader has it.
void drawTurned(QPainter& painter, const QRectF& rect, int alignment, const QString& text) {
    const double length = rect.height(), height = rect.width();
    const auto upright = painter.transform();
    painter.translate(rect.center());
    painter.rotate(-90.0);
    painter.drawText(QRectF(-length / 2.0, -height / 2.0, length, height),
                     alignment | Qt::TextDontClip, text);
    painter.setTransform(upright);
}

} // namespace

void drawFrame(QPainter& painter, const PlotFrame& frame, const PlotTheme& theme) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (frame.style.spines) {
        const double length = tickLength(theme);
        const QRectF& area = frame.area;
        painter.setPen(QPen(theme.quiet, theme.unit));
        painter.drawLine(area.bottomLeft(), area.topLeft());
        painter.drawLine(area.bottomLeft(), area.bottomRight());
        for (const FrameLabel& label : frame.xLabels)
            painter.drawLine(QPointF(label.at, area.bottom()),
                             QPointF(label.at, area.bottom() + length));
        for (const FrameLabel& label : frame.yLabels)
            painter.drawLine(QPointF(area.left() - length, label.at),
                             QPointF(area.left(), label.at));
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setFont(theme.tickFont);
    painter.setPen(theme.quiet);
    for (const auto* labels : {&frame.xLabels, &frame.yLabels})
        for (const FrameLabel& label : *labels)
            if (label.isTurned)
                drawTurned(painter, label.rect, Qt::AlignRight | Qt::AlignVCenter, label.text);
            else
                painter.drawText(label.rect, Qt::AlignCenter | Qt::TextDontClip, label.text);
    painter.setFont(theme.titleFont);
    painter.setPen(theme.ink);
    painter.drawText(frame.xTitleRect, Qt::AlignCenter | Qt::TextDontClip | Qt::TextWordWrap,
                     frame.xTitle);
    drawTurned(painter, frame.yTitleRect, Qt::AlignCenter, frame.yTitle);
    painter.restore();
}

double snapped(const QPainter& painter, const PlotTheme& theme, double value) {
    if (!theme.crisp || painter.device() == nullptr)
        return value;
    const double ratio = painter.device()->devicePixelRatioF();
    return std::round(value * ratio) / ratio;
}

QRectF snapped(const QPainter& painter, const PlotTheme& theme, const QRectF& rect) {
    return QRectF(
        QPointF(snapped(painter, theme, rect.left()), snapped(painter, theme, rect.top())),
        QPointF(snapped(painter, theme, rect.right()), snapped(painter, theme, rect.bottom())));
}

void drawSentence(QPainter& painter, const QRectF& rect, const PlotTheme& theme,
                  const QString& text) {
    const double pad = theme.titleMetrics().height();
    painter.save();
    painter.setFont(theme.titleFont);
    painter.setPen(theme.quiet);
    painter.drawText(rect.adjusted(pad, pad * 0.5, -pad, -pad * 0.5),
                     Qt::AlignCenter | Qt::TextWordWrap, text);
    painter.restore();
}

} // namespace residuum

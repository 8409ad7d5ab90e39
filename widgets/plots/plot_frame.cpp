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
        if (!axis.shows(axis.ticks[i].position))
            continue;
        const double share = axis.shareOf(axis.ticks[i].position);
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

/// A title that is too long for one line gets more, at most three; what does not fit in these is
/// left out but for its unit: parts of words say nothing.
QString inLines(const QString& title, double width, const QFontMetricsF& metrics) {
    constexpr int most = 3;
    QStringList lines{title};
    while (lines.size() < most && metrics.horizontalAdvance(lines.last()) > width) {
        const QString rest = lines.last();
        qsizetype cut = rest.indexOf(QLatin1Char(' '));
        for (auto space = cut; space >= 0 && metrics.horizontalAdvance(rest.left(space)) <= width;
             space = rest.indexOf(QLatin1Char(' '), space + 1))
            cut = space;
        if (cut < 0)
            break;
        lines.last() = rest.left(cut);
        lines << rest.mid(cut + 1);
    }
    const auto fits = [&](const QString& line) { return metrics.horizontalAdvance(line) <= width; };
    if (std::all_of(lines.begin(), lines.end(), fits))
        return lines.join(QLatin1Char('\n'));
    const auto unit = title.lastIndexOf(QLatin1Char('['));
    return unit >= 0 && fits(title.mid(unit)) ? title.mid(unit) : QString();
}

double heightOf(const QString& title, const QFontMetricsF& metrics) {
    return title.isEmpty() ? 0.0 : metrics.height() * static_cast<double>(title.count(u'\n') + 1);
}

double widthOf(const QString& title, const QFontMetricsF& metrics) {
    double most = 0.0;
    for (const auto& line : title.split(QLatin1Char('\n')))
        most = std::max(most, metrics.horizontalAdvance(line));
    return most + 1.0;
}

void placeTitles(PlotFrame& frame, const QSizeF& size, const PlotTheme& theme, double pad,
                 double xTitleTop) {
    const QFontMetricsF metrics = theme.titleMetrics();
    const auto span = [&](double from, double to, double wanted, double whole) {
        const double length = std::min(wanted, whole - 2.0 * pad);
        const double centre = (from + to) / 2.0;
        const double start = std::clamp(centre - length / 2.0, pad, whole - pad - length);
        return std::pair(start, length);
    };
    if (!frame.xTitle.isEmpty()) {
        const auto [left, width] = span(frame.area.left(), frame.area.right(),
                                        widthOf(frame.xTitle, metrics), size.width());
        frame.xTitleRect = QRectF(left, xTitleTop, width, heightOf(frame.xTitle, metrics));
    }
    if (!frame.yTitle.isEmpty()) {
        const auto [top, length] =
            span(frame.area.top(), frame.area.bottom(), widthOf(frame.yTitle, metrics),
                 frame.xTitle.isEmpty() ? size.height() : xTitleTop);
        frame.yTitleRect = QRectF(pad * 0.5, top, heightOf(frame.yTitle, metrics), length);
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

/// Whether turned labels of `length` fit under an axis of `width`, within a plot of `height`.
bool areTurned(const PlotAxis& x, double length, double width, double height,
               const QFontMetricsF& metrics) {
    return length > 0.0 && width / std::max(1.0, x.last - x.first) >= 0.85 * metrics.height() &&
           length <= 0.3 * height;
}

/// How the labels of an x axis stand under it.
struct XLabels {
    enum class Lines { One, Named, Two, Turned } lines = Lines::One; ///< Named: one, with names
    std::vector<double> extents;                                     ///< along the axis
    double length = 0.0;                                             ///< of turned ones
    double between = 0.0;                                            ///< at least, along the axis

    bool areTurned() const { return lines == Lines::Turned; }
    double height(const PlotAxis& x, const QFontMetricsF& metrics) const {
        return x.ticks.empty()       ? 0.0
               : areTurned()         ? length
               : lines == Lines::Two ? 2.0 * metrics.height()
                                     : metrics.height();
    }
};

/// Whether labels that are `apart` ticks from each other touch.
bool touch(const PlotAxis& x, const XLabels& labels, double width, std::size_t apart) {
    for (std::size_t i = 0; i + apart < x.ticks.size(); ++i)
        if ((x.shareOf(x.ticks[i + apart].position) - x.shareOf(x.ticks[i].position)) * width <
            (labels.extents[i] + labels.extents[i + apart]) / 2.0 + labels.between)
            return true;
    return false;
}

/// Within a plot of `height`, under an axis of about `width`.
XLabels xLabelsOf(const PlotAxis& x, double width, double height, bool every,
                  const PlotTheme& theme) {
    const auto metrics = theme.tickMetrics();
    XLabels labels;
    labels.between = metrics.horizontalAdvance(u'0') * 0.7;
    for (const AxisTick& tick : x.ticks)
        labels.extents.push_back(metrics.horizontalAdvance(tick.label));
    labels.length = turnedLength(x.ticks, theme);
    if (theme.crisp && labels.length > 0.0) {
        auto named = labels;
        named.lines = XLabels::Lines::Named;
        named.extents.clear();
        for (const AxisTick& tick : x.ticks)
            named.extents.push_back(
                metrics.horizontalAdvance(namedLabel(tick, metrics, labels.length)));
        if (!touch(x, named, width, 1))
            return named;
    }
    if (every && touch(x, labels, width, 1)) {
        if (touch(x, labels, width, 2))
            labels.length = *std::max_element(labels.extents.begin(), labels.extents.end());
        else
            labels.lines = XLabels::Lines::Two;
    }
    if (areTurned(x, labels.length, width, height, metrics)) {
        labels.lines = XLabels::Lines::Turned;
        std::fill(labels.extents.begin(), labels.extents.end(), metrics.height());
    }
    return labels;
}

void placeXLabels(PlotFrame& frame, const XLabels& labels, double top, double whole,
                  const PlotTheme& theme) {
    const auto metrics = theme.tickMetrics();
    const auto& ticks = frame.x.ticks;
    std::vector<double> centres;
    for (const AxisTick& tick : ticks)
        centres.push_back(frame.toX(tick.position));
    const auto shown = labels.lines == XLabels::Lines::One
                           ? uncrowded(ticks, centres, labels.extents, labels.between)
                           : std::vector<bool>(centres.size(), true);
    for (std::size_t i = 0; i < centres.size(); ++i) {
        const bool isLower = labels.lines == XLabels::Lines::Two && i % 2 == 1;
        const QRectF rect(centres[i] - labels.extents[i] / 2.0,
                          top + (isLower ? metrics.height() : 0.0), labels.extents[i],
                          labels.areTurned() ? labels.length : metrics.height());
        if (shown[i] && frame.x.shows(ticks[i].position) && rect.left() >= 0.0 &&
            rect.right() <= whole)
            frame.xLabels.push_back({rect,
                                     labels.areTurned() || labels.lines == XLabels::Lines::Named
                                         ? namedLabel(ticks[i], metrics, labels.length)
                                         : ticks[i].label,
                                     centres[i], labels.areTurned()});
    }
}

/// Right-aligned at `right`.
void placeYLabels(PlotFrame& frame, const QStringList& texts, double right, double whole,
                  const PlotTheme& theme) {
    const auto metrics = theme.tickMetrics();
    const auto& ticks = frame.y.ticks;
    const double height = metrics.ascent() + metrics.descent();
    std::vector<double> centres;
    for (const AxisTick& tick : ticks)
        centres.push_back(frame.toY(tick.position));
    const auto shown = uncrowded(ticks, centres, std::vector<double>(centres.size(), height), 0.0);
    for (std::size_t i = 0; i < centres.size(); ++i) {
        const auto& text = texts[static_cast<qsizetype>(i)];
        const double width = metrics.horizontalAdvance(text);
        const QRectF rect(right - width, centres[i] - height / 2.0, width, height);
        if (shown[i] && frame.y.shows(ticks[i].position) && rect.top() >= 0.0 &&
            rect.bottom() <= whole)
            frame.yLabels.push_back({rect, text, centres[i]});
    }
}

} // namespace

double PlotAxis::shareOf(double coordinate) const {
    const auto along = [this](double c) { return c - std::clamp(c, 0.0, halved) / 2.0; };
    return (along(coordinate) - along(first)) / (along(last) - along(first));
}

double PlotAxis::coordinateAt(double share) const {
    const auto along = [this](double c) { return c - std::clamp(c, 0.0, halved) / 2.0; };
    const double at = std::lerp(along(first), along(last), share);
    return at + std::clamp(at, 0.0, halved / 2.0);
}

bool PlotAxis::shows(double coordinate) const {
    const double share = shareOf(coordinate);
    return share >= -1e-6 && share <= 1.0 + 1e-6;
}

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
    return area.left() + x.shareOf(coordinate) * area.width();
}

double PlotFrame::toY(double coordinate) const {
    return area.top() + y.shareOf(coordinate) * area.height();
}

double PlotFrame::fromX(double pixel) const {
    return x.coordinateAt((pixel - area.left()) / std::max(area.width(), 1.0));
}

double PlotFrame::fromY(double pixel) const {
    return y.coordinateAt((pixel - area.top()) / std::max(area.height(), 1.0));
}

PlotFrame layOutFrame(const QSizeF& size, const PlotTheme& theme, const PlotAxis& x,
                      const PlotAxis& y, const FrameStyle& style) {
    PlotFrame frame;
    frame.x = x;
    frame.y = y;
    frame.style = style;
    const QFontMetricsF ticks = theme.tickMetrics();
    const QFontMetricsF titles = theme.titleMetrics();
    const double pad = std::round(ticks.height() * 0.35);
    const double marks = style.spines ? tickLength(theme) : 0.0;
    constexpr double low = 10.0; // lines
    if (!style.titledAbove || !theme.crisp || size.height() >= low * ticks.height())
        frame.xTitle = inLines(x.title, size.width() - 2.0 * pad, titles);
    frame.yTitle = inLines(
        y.title, size.height() - style.head - heightOf(frame.xTitle, titles) - 3.0 * pad, titles);

    QStringList yTexts;
    double yWidth = 0.0;
    const double yRoom = std::min(longestName * ticks.averageCharWidth(), 0.3 * size.width());
    for (const AxisTick& tick : y.ticks) {
        yTexts << namedLabel(tick, ticks, yRoom);
        yWidth = std::max(yWidth, ticks.horizontalAdvance(yTexts.last()));
    }
    const double left =
        pad * 0.5 + (frame.yTitle.isEmpty() ? 0.0 : heightOf(frame.yTitle, titles) + pad * 0.5) +
        std::ceil(yWidth) + pad + marks;
    const double aboutWidth = size.width() - left - pad;
    const auto labels = xLabelsOf(x, aboutWidth, size.height(), style.everyXLabel, theme);
    const double xHeight = labels.height(x, ticks);
    const double bottom =
        marks + pad * 0.5 + xHeight +
        (frame.xTitle.isEmpty() ? 0.0 : heightOf(frame.xTitle, titles) + pad * 0.3) + pad * 0.5;
    const double aboutHeight = size.height() - bottom - pad - style.head;
    const std::vector<double> yExtents(y.ticks.size(), ticks.ascent() + ticks.descent());
    const double top = style.head + std::max(pad, overhang(y, yExtents, aboutHeight, false) + 1.0);
    const double right = std::max(pad, overhang(x, labels.extents, aboutWidth, true) + 1.0);
    frame.head = QRectF(pad, pad * 0.5, size.width() - 2.0 * pad, style.head);
    frame.area = QRectF(std::round(left), std::round(top),
                        std::max(0.0, std::floor(size.width() - left - right)),
                        std::max(0.0, std::floor(size.height() - top - bottom)));
    frame.area = squarish(frame.area, style.mostAspect);
    const double xTop = frame.area.bottom() + marks + pad * 0.5;
    placeXLabels(frame, labels, xTop, size.width(), theme);
    placeYLabels(frame, yTexts, frame.area.left() - marks - pad * 0.6, size.height(), theme);
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
    painter.drawText(frame.xTitleRect, Qt::AlignCenter | Qt::TextDontClip, frame.xTitle);
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

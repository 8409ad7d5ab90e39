#include "widgets/plots/scatter_drawing.h"

#include "widgets/plots/legend.h"

#include <QPixmap>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace residuum {

QColor groupColour(int group, bool dark) {
    switch (group % 6) {
    case 0:
        return dark ? QColor(0x7F, 0xB2, 0xE5) : QColor(0x2F, 0x6D, 0xB0);
    case 1:
        return dark ? QColor(0xF0, 0x93, 0x62) : QColor(0xC2, 0x55, 0x20);
    case 2:
        return dark ? QColor(0xB4, 0xB4, 0xB4) : QColor(0x6A, 0x6A, 0x6A);
    case 3:
        return dark ? QColor(0x7C, 0xC8, 0xA4) : QColor(0x1D, 0x7F, 0x5C);
    case 4:
        return dark ? QColor(0xD9, 0x9B, 0xD4) : QColor(0x8E, 0x3A, 0x86);
    default:
        return dark ? QColor(0xE3, 0xC8, 0x5C) : QColor(0x9A, 0x7A, 0x0A);
    }
}

namespace {

QPolygonF polygon(const QPointF& at, const std::vector<QPointF>& corners, double radius) {
    QPolygonF points;
    for (const QPointF& corner : corners)
        points << at + corner * radius;
    return points;
}

} // namespace

void drawMarker(QPainter& painter, const QPointF& at, int group, double radius,
                const PlotTheme& theme) {
    const QColor colour = groupColour(group, theme.dark);
    QColor fill = colour;
    fill.setAlphaF(0.55F);
    painter.setPen(QPen(colour, 0.8 * theme.unit));
    painter.setBrush(fill);
    // Equal areas, so that no group looks heavier than another.
    switch (group % 6) {
    case 0:
        painter.drawEllipse(at, radius, radius);
        break;
    case 1: {
        const double half = radius * 0.89;
        painter.drawRect(QRectF(at.x() - half, at.y() - half, 2.0 * half, 2.0 * half));
        break;
    }
    case 2:
        painter.drawPolygon(polygon(at, {{0, -1.25}, {1.25, 0}, {0, 1.25}, {-1.25, 0}}, radius));
        break;
    case 3:
        painter.drawPolygon(polygon(at, {{0, -1.4}, {1.25, 0.8}, {-1.25, 0.8}}, radius));
        break;
    case 4:
        painter.drawPolygon(polygon(at, {{0, 1.4}, {1.25, -0.8}, {-1.25, -0.8}}, radius));
        break;
    default:
        painter.drawPolygon(polygon(
            at, {{0, -1.25}, {1.19, -0.39}, {0.73, 1.01}, {-0.73, 1.01}, {-1.19, -0.39}}, radius));
        break;
    }
}

namespace {

void drawGrid(QPainter& painter, const ScatterData& data, const PlotFrame& frame,
              const PlotTheme& theme) {
    const QRectF& area = frame.area;
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(theme.grid, theme.unit));
    for (const AxisTick& tick : frame.x.ticks) {
        const double x = snapped(painter, theme, frame.toX(tick.position));
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }
    for (const AxisTick& tick : frame.y.ticks) {
        const double y = snapped(painter, theme, frame.toY(tick.position));
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
    }
    if (!data.diagonal)
        return;
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(blended(theme.ink, theme.area, 0.45), theme.unit, Qt::DashLine));
    painter.drawLine(area.bottomLeft(), area.topRight());
}

QStringList groupNames(const ScatterData& data) {
    return QStringList(data.groups.begin(), data.groups.end());
}

} // namespace

namespace {

/// Marks as small pictures, which are copied many times faster than drawn. Each group's is drawn at
/// a few places between two pixels, so that marks stand where they belong.
class MarkerPictures {
  public:
    MarkerPictures(double radius, const PlotTheme& theme, double ratio)
        : radius_(radius), theme_(theme), ratio_(ratio),
          half_(static_cast<int>(std::ceil((1.5 * radius + theme.unit) * ratio)) + 1) {}

    void draw(QPainter& painter, const QPointF& at, int group) {
        const auto [left, x] = placeOf(at.x());
        const auto [top, y] = placeOf(at.y());
        auto& picture = pictures_[static_cast<std::size_t>(((group % 6) * steps + y) * steps + x)];
        if (picture.isNull())
            picture = drawn(group, x, y);
        painter.drawPixmap(QPointF(left, top) / ratio_, picture);
    }

  private:
    static constexpr int steps = 4; ///< per pixel

    /// The picture's first device pixel, and how many steps further its middle lies.
    std::pair<int, int> placeOf(double at) const {
        const int step = static_cast<int>(std::lround(at * ratio_ * steps));
        const int pixel = static_cast<int>(std::floor(static_cast<double>(step) / steps));
        return {pixel - half_, step - pixel * steps};
    }

    QPixmap drawn(int group, int x, int y) const {
        QPixmap picture(2 * half_ + 1, 2 * half_ + 1);
        picture.fill(Qt::transparent);
        picture.setDevicePixelRatio(ratio_);
        QPainter painter(&picture);
        painter.setRenderHint(QPainter::Antialiasing);
        const QPointF middle(half_ + static_cast<double>(x) / steps,
                             half_ + static_cast<double>(y) / steps);
        drawMarker(painter, middle / ratio_, group, radius_, theme_);
        return picture;
    }

    double radius_;
    const PlotTheme& theme_;
    double ratio_;
    int half_; ///< device pixels before the one in the middle
    std::array<QPixmap, 6 * steps * steps> pictures_;
};

/// A thin cross of both intervals, under the marks.
void drawIntervals(QPainter& painter, const ScatterData& data, const PlotFrame& frame,
                   const PlotTheme& theme) {
    const auto line = [&](const ScatterPoint& point, double x1, double y1, double x2, double y2) {
        auto from = point, to = point;
        from.x = x1;
        from.y = y1;
        to.x = x2;
        to.y = y2;
        const auto begin = placeOf(data, from, frame), end = placeOf(data, to, frame);
        if (begin && end)
            painter.drawLine(*begin, *end);
    };
    for (const auto& point : data.points) {
        painter.setPen(QPen(groupColour(point.group, theme.dark), theme.unit));
        if (point.xInterval)
            line(point, point.xInterval->first, point.y, point.xInterval->last, point.y);
        if (point.yInterval)
            line(point, point.x, point.yInterval->first, point.x, point.yInterval->last);
    }
}

void drawMarks(QPainter& painter, const ScatterData& data, const PlotFrame& frame,
               const PlotTheme& theme) {
    constexpr std::size_t few = 100;
    const double radius = markerRadius(data, frame, theme);
    std::optional<MarkerPictures> pictures;
    if (theme.crisp && painter.device() != nullptr && data.points.size() > few)
        pictures.emplace(radius, theme, painter.device()->devicePixelRatioF());
    for (const ScatterPoint& point : data.points) {
        const auto place = placeOf(data, point, frame);
        if (place && pictures)
            pictures->draw(painter, *place, point.group);
        else if (place)
            drawMarker(painter, *place, point.group, radius, theme);
    }
}

} // namespace

PlotFrame scatterFrame(const ScatterData& data, double limit, const QSizeF& size,
                       const PlotTheme& theme) {
    const auto x = data.x.value_or(AxisRange{-limit, limit});
    const auto y = data.y.value_or(AxisRange{-limit, limit});
    // A little beyond the ends, so that a point there is a whole one.
    const double besideX = 0.02 * (x.last - x.first), besideY = 0.02 * (y.last - y.first);
    FrameStyle style;
    style.mostAspect = data.x ? 0.0 : 1.5;
    style.head = legendHead(groupNames(data), size, theme);
    return layOutFrame(
        size, theme,
        {data.xTitle, roundTicks(x.first, x.last, 5), x.first - besideX, x.last + besideX},
        {data.yTitle, data.logarithmic ? logTicks(y.first, y.last) : roundTicks(y.first, y.last, 5),
         y.last + besideY, y.first - besideY},
        style);
}

std::optional<QPointF> placeOf(const ScatterData& data, const ScatterPoint& point,
                               const PlotFrame& frame) {
    const double along = data.along(point);
    if (!std::isfinite(point.x) || !std::isfinite(along))
        return std::nullopt;
    const auto inside = [](double value, const PlotAxis& axis) {
        const auto [low, high] = std::minmax(axis.first, axis.last);
        const double beside = 0.02 / 1.04 * (high - low);
        return std::clamp(value, low + beside, high - beside);
    };
    return QPointF(frame.toX(inside(point.x, frame.x)), frame.toY(inside(along, frame.y)));
}

double markerRadius(const ScatterData& data, const PlotFrame& frame, const PlotTheme& theme) {
    const double sparse = theme.tickMetrics().height() * 0.25;
    // Smaller where the points are many or the plot is small.
    const double crowd = data.points.size() > 600 ? 0.55 : 1.0;
    return std::max(2.0 * theme.unit,
                    std::min(sparse, frame.area.height() / 40.0 + 1.2 * theme.unit) * crowd);
}

void drawScatter(QPainter& painter, const ScatterData& data, const PlotFrame& frame,
                 const PlotTheme& theme, double opacity) {
    painter.save();
    painter.fillRect(frame.area, theme.area);
    drawGrid(painter, data, frame, theme);
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setOpacity(opacity);
    const double radius = markerRadius(data, frame, theme);
    drawIntervals(painter, data, frame, theme);
    drawMarks(painter, data, frame, theme);
    painter.setOpacity(opacity < 1.0 ? 0.6 : 1.0);
    if (frame.style.head > 0.0)
        drawLegend(painter, groupNames(data), frame.head, theme,
                   [&](std::size_t group, const QRectF& square) {
                       drawMarker(painter, square.center(), static_cast<int>(group),
                                  std::min(radius, 0.3 * square.height()), theme);
                   });
    drawFrame(painter, frame, theme);
    painter.restore();
}

void drawRing(QPainter& painter, const QPointF& at, int group, double radius,
              const PlotTheme& theme, const QColor& colour, double thickness, double gap) {
    drawMarker(painter, at, group, radius, theme);
    painter.setBrush(Qt::NoBrush);
    const auto around = ringRect(at, radius, theme, gap);
    painter.setPen(QPen(theme.area, (thickness + 1.5) * theme.unit));
    painter.drawEllipse(around);
    painter.setPen(QPen(colour, thickness * theme.unit));
    painter.drawEllipse(around);
}

QRectF ringRect(const QPointF& at, double radius, const PlotTheme& theme, double gap) {
    const double around = radius + gap * theme.unit;
    return {at.x() - around, at.y() - around, 2.0 * around, 2.0 * around};
}

} // namespace residuum

#include "widgets/plots/heatmap_drawing.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

constexpr double hatchStep = 4.0;

/// Diagonal lines drawn one by one: a pattern brush would not survive in a vector file.
void drawHatch(QPainter& painter, const QRectF& rect, const QColor& under, const QColor& line,
               double unit) {
    painter.fillRect(rect, under);
    painter.setPen(QPen(line, unit));
    const double step = hatchStep * unit;
    const double first = std::ceil((rect.left() + rect.top()) / step) * step;
    for (double sum = first; sum < rect.right() + rect.bottom(); sum += step) {
        const double from = std::max(rect.left(), sum - rect.bottom());
        const double to = std::min(rect.right(), sum - rect.top());
        if (from < to)
            painter.drawLine(QPointF(from, sum - from), QPointF(to, sum - to));
    }
}

void drawCellsOneByOne(QPainter& painter, const HeatmapData& data, const PlotFrame& frame,
                       const PlotTheme& theme) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    const QColor line = colourOf(unknownValue, data.scale, theme.dark);
    const QColor under = blended(line, theme.background, 0.25);
    const double unit = theme.unit;
    const double seam = theme.crisp ? unit : 0.6 * unit; // paper shows finer lines than screens
    for (std::size_t i = 0; i < data.grid.cells.size(); ++i) {
        QRectF rect = snapped(painter, theme, cellRect(frame, data.grid.cells[i]));
        // A hairline between cells that are large enough makes them countable.
        if (rect.width() >= 9.0 * seam && rect.height() >= 7.0 * seam)
            rect.adjust(0.0, 0.0, -seam, -seam);
        const double value = data.valueOf(i);
        if (std::isnan(value)) {
            painter.setRenderHint(QPainter::Antialiasing, true);
            drawHatch(painter, rect, under, line, unit);
            painter.setRenderHint(QPainter::Antialiasing, false);
        } else {
            painter.fillRect(rect, colourOf(value, data.scale, theme.dark));
            if (data.scale.clips(value))
                markClipped(painter, rect, theme);
        }
    }
}

/// At 400 dots per inch, painted without smoothing.
void drawCellsAsImage(QPainter& painter, const HeatmapData& data, const PlotFrame& frame,
                      const PlotTheme& theme) {
    const double perUnit = 400.0 / 96.0 / theme.unit;
    const QSizeF size = frame.area.size() * perUnit;
    QImage image(size.toSize().expandedTo(QSize(1, 1)), QImage::Format_RGB32);
    image.fill(theme.background);
    QPainter inside(&image);
    inside.scale(image.width() / frame.area.width(), image.height() / frame.area.height());
    inside.translate(-frame.area.topLeft());
    drawCellsOneByOne(inside, data, frame, theme);
    inside.end();
    painter.setRenderHint(QPainter::LosslessImageRendering, true);
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(frame.area, image);
}

} // namespace

QString beyondText(const HeatmapData& data) {
    constexpr std::size_t named = 2;
    std::vector<std::size_t> cells;
    for (std::size_t i = 0; i < data.grid.cells.size(); ++i)
        if (data.scale.clips(data.valueOf(i)))
            cells.push_back(i);
    std::stable_sort(cells.begin(), cells.end(), [&](std::size_t a, std::size_t b) {
        return std::abs(data.valueOf(a)) > std::abs(data.valueOf(b));
    });
    QStringList names;
    for (std::size_t i = 0; i < std::min(cells.size(), named); ++i)
        names << QStringLiteral("%1 %2").arg(data.grid.cells[cells[i]].label,
                                             threeDigits(data.valueOf(cells[i])));
    if (names.isEmpty())
        return {};
    auto text = QStringLiteral("beyond the scale: ") + names.join(QStringLiteral(", "));
    if (cells.size() > named)
        text += QStringLiteral(" and %1 more").arg(cells.size() - named);
    return text;
}

void markClipped(QPainter& painter, const QRectF& cell, const PlotTheme& theme) {
    const double side = std::min({0.5 * cell.width(), 0.5 * cell.height(), 7.0 * theme.unit});
    // A pixel's edge that is filled whole must not show beside the smooth cut.
    const auto corner = cell.topRight() + QPointF(theme.crisp ? theme.unit : 0.0, 0.0);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.background);
    painter.drawPolygon(
        QPolygonF({corner, cell.topRight() - QPointF(side, 0.0), corner + QPointF(0.0, side)}));
    painter.restore();
}

PlotFrame heatmapFrame(const CellGrid& grid, const QSizeF& size, const PlotTheme& theme) {
    const PlotAxis x{grid.columnTitle, grid.columnTicks, 0.0, std::max(grid.columns, 1.0)};
    const PlotAxis y{grid.rowTitle, grid.rowTicks, 0.0,
                     static_cast<double>(std::max(grid.rows, 1))};
    FrameStyle style;
    style.spines = false;
    style.mostAspect = grid.square ? 1.0 : 0.0;
    return layOutFrame(size, theme, x, y, style);
}

QRectF cellRect(const PlotFrame& frame, const GridCell& cell) {
    return QRectF(QPointF(frame.toX(cell.column), frame.toY(cell.row)),
                  QPointF(frame.toX(cell.column + cell.width), frame.toY(cell.row + 1)));
}

void drawCells(QPainter& painter, const HeatmapData& data, const PlotFrame& frame,
               const PlotTheme& theme) {
    if (!theme.crisp && data.grid.cells.size() > mostVectorCells)
        drawCellsAsImage(painter, data, frame, theme);
    else
        drawCellsOneByOne(painter, data, frame, theme);
}

void outlineCell(QPainter& painter, const QRectF& cell, const PlotTheme& theme,
                 const QColor& colour, double width, double outward) {
    const double unit = theme.unit;
    const double out = outward * unit;
    const QRectF around =
        snapped(painter, theme, cell)
            .adjusted(-0.5 * unit - out, -0.5 * unit - out, out - 0.5 * unit, out - 0.5 * unit);
    const auto stroke = [&](const QColor& ink, double thickness) {
        QPen pen(ink, thickness * unit);
        pen.setJoinStyle(Qt::MiterJoin);
        painter.setPen(pen);
        painter.drawRect(around);
    };
    painter.setBrush(Qt::NoBrush);
    // The seam in the background's colour keeps the outline apart from any cell's colour.
    stroke(theme.background, width + 2.0);
    stroke(colour, width);
}

} // namespace residuum

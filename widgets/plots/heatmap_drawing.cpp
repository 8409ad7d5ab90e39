#include "widgets/plots/heatmap_drawing.h"

#include "widgets/text/eliding.h"

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

/// Three digits of a cell's value, or its text, where they fit into cells.
class CellNumbers {
  public:
    explicit CellNumbers(const PlotTheme& theme)
        : font_(theme.tickFont), metrics_(font_),
          room_(metrics_.horizontalAdvance(QStringLiteral("−0.0123")) + beside(),
                metrics_.ascent() + metrics_.descent()) {}

    void draw(QPainter& painter, const QRectF& cell, double value, const QColor& fill) const {
        if (cell.width() < room_.width() || cell.height() < room_.height())
            return;
        const auto text = threeDigits(value);
        if (metrics_.horizontalAdvance(text) + beside() <= cell.width())
            drawText(painter, cell, text, fill);
    }
    /// Shortened where it is too long; not where only a letter or two would be left. `turned`: read
    /// from bottom to top.
    void draw(QPainter& painter, const QRectF& cell, const QString& text, const QColor& fill,
              bool turned) const {
        const QRectF line =
            turned ? QRectF(-0.5 * cell.height(), -0.5 * cell.width(), cell.height(), cell.width())
                   : cell;
        const double room = roomIn(line);
        if (line.height() < room_.height() ||
            room < std::min(metrics_.horizontalAdvance(text), 2.5 * metrics_.height()))
            return;
        painter.save();
        if (turned) {
            painter.translate(cell.center());
            painter.rotate(-90.0);
        }
        drawText(painter, line, elided(metrics_, text, room), fill);
        painter.restore();
    }
    /// Whether cells' texts are to be turned: where most fit so, and too few do from left to right.
    bool turns(const HeatmapData& data, const PlotFrame& frame) const {
        constexpr double enough = 0.8;
        double texts = 0.0, level = 0.0, turned = 0.0;
        for (const auto& cell : data.grid.cells) {
            const QRectF rect = cellRect(frame, cell);
            if (cell.text.isEmpty() || std::min(rect.width(), rect.height()) < room_.height())
                continue;
            const double needed = metrics_.horizontalAdvance(cell.text);
            texts += 1.0;
            level += needed <= roomIn(rect) ? 1.0 : 0.0;
            turned += needed <= roomIn(rect.transposed()) ? 1.0 : 0.0;
        }
        return level < enough * texts && turned > level;
    }

  private:
    void drawText(QPainter& painter, const QRectF& cell, const QString& text,
                  const QColor& fill) const {
        painter.setRenderHint(QPainter::Antialiasing, true);
        painter.setFont(font_);
        painter.setPen(inkOn(fill));
        painter.drawText(cell, Qt::AlignCenter | Qt::TextDontClip, text);
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
    double beside() const { return 0.5 * metrics_.height(); }
    double roomIn(const QRectF& line) const { return line.width() - 0.5 * beside(); }

    QFont font_;
    QFontMetricsF metrics_;
    QSizeF room_;
};

void drawCellsOneByOne(QPainter& painter, const HeatmapData& data, const PlotFrame& frame,
                       const PlotTheme& theme) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    const QColor line = colourOf(unknownValue, data.scale, theme.dark);
    const QColor under = blended(line, theme.background, 0.25);
    const double unit = theme.unit;
    const double seam = theme.crisp ? unit : 0.6 * unit; // paper shows finer lines than screens
    const CellNumbers numbers(theme);
    const bool turned = numbers.turns(data, frame);
    for (std::size_t i = 0; i < data.grid.cells.size(); ++i) {
        const QRectF whole = cellRect(frame, data.grid.cells[i]);
        if (!whole.intersects(frame.area))
            continue;
        QRectF rect = snapped(painter, theme, whole);
        // A hairline between cells that are large enough makes them countable.
        if (rect.width() >= 9.0 * seam && rect.height() >= 7.0 * seam)
            rect.adjust(0.0, 0.0, -seam, -seam);
        const double value = data.valueOf(i);
        if (std::isnan(value)) {
            painter.setRenderHint(QPainter::Antialiasing, true);
            drawHatch(painter, rect, under, line, unit);
            painter.setRenderHint(QPainter::Antialiasing, false);
            continue;
        }
        const auto fill = colourOf(value, data.scale, theme.dark);
        painter.fillRect(rect, fill);
        if (data.scale.clips(value))
            markClipped(painter, rect, fill, theme);
        if (data.holdsZero(i))
            markUncertain(painter, rect, fill, theme);
        if (const auto& text = data.grid.cells[i].text; !text.isEmpty())
            numbers.draw(painter, rect, text, fill, turned);
        else
            numbers.draw(painter, rect, value, fill);
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

void markClipped(QPainter& painter, const QRectF& cell, const QColor& fill,
                 const PlotTheme& theme) {
    const double side = std::min({0.5 * cell.width(), 0.5 * cell.height(), 7.0 * theme.unit});
    // A pixel's edge that is filled whole must not show beside the smooth cut.
    const auto corner = cell.topRight() + QPointF(theme.crisp ? theme.unit : 0.0, 0.0);
    const auto left = cell.topRight() - QPointF(side, 0.0), right = corner + QPointF(0.0, side);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.background);
    painter.drawPolygon(QPolygonF({corner, left, right}));
    // A colour as light, or as dark, as what is behind it has its edge drawn.
    if (inkOn(fill) == inkOn(theme.background)) {
        painter.setPen(QPen(inkOn(fill), theme.unit));
        painter.drawLine(left, right);
    }
    painter.restore();
}

void markUncertain(QPainter& painter, const QRectF& cell, const QColor& fill,
                   const PlotTheme& theme) {
    const double side = std::min({0.5 * cell.width(), 0.5 * cell.height(), 8.0 * theme.unit});
    auto ink = inkOn(fill);
    ink.setAlphaF(0.6F);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(QPen(ink, 0.8 * theme.unit));
    for (const double from : {side, 0.5 * side})
        painter.drawLine(cell.bottomLeft() - QPointF(0.0, from),
                         cell.bottomLeft() + QPointF(from, 0.0));
    painter.restore();
}

PlotFrame heatmapFrame(const CellGrid& grid, const QSizeF& size, const PlotTheme& theme,
                       const QRectF& part) {
    const QRectF all(0.0, 0.0, std::max(grid.columns, 1.0),
                     static_cast<double>(std::max(grid.rows, 1)));
    const auto shown = part.isNull() ? all : part;
    const PlotAxis x{grid.columnTitle, grid.columnTicks, shown.left(), shown.right()};
    const PlotAxis y{grid.rowTitle, grid.rowTicks, shown.top(), shown.bottom(),
                     static_cast<double>(grid.halfRows)};
    FrameStyle style;
    style.spines = false;
    style.titledAbove = true;
    style.mostAspect = grid.square ? 1.0 : 0.0;
    return layOutFrame(size, theme, x, y, style);
}

QRectF cellRect(const PlotFrame& frame, const GridCell& cell) {
    return QRectF(QPointF(frame.toX(cell.column), frame.toY(cell.row)),
                  QPointF(frame.toX(cell.column + cell.width), frame.toY(cell.row + 1)));
}

void drawCells(QPainter& painter, const HeatmapData& data, const PlotFrame& frame,
               const PlotTheme& theme) {
    const bool isPart = frame.x.first > 0.0 || frame.x.last < data.grid.columns ||
                        frame.y.first > 0.0 || frame.y.last < data.grid.rows;
    painter.save();
    if (isPart)
        painter.setClipRect(frame.area, Qt::IntersectClip);
    if (!theme.crisp && data.grid.cells.size() > mostVectorCells)
        drawCellsAsImage(painter, data, frame, theme);
    else
        drawCellsOneByOne(painter, data, frame, theme);
    painter.restore();
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

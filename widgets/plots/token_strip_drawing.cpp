#include "widgets/plots/token_strip_drawing.h"

#include "widgets/plots/heatmap_drawing.h"
#include "widgets/plots/pin_mark.h"
#include "widgets/text/eliding.h"

#include <algorithm>
#include <cmath>

namespace residuum {

namespace {

/// Sizes that follow from the type.
struct Measures {
    explicit Measures(const PlotTheme& theme)
        : metrics(theme.tickMetrics()), line(1.25 * metrics.height()), pad(0.22 * metrics.height()),
          gap(theme.unit) {}

    QFontMetricsF metrics;
    double line; ///< of a row of tokens
    double pad;  ///< left and right of a token's text
    double gap;  ///< between tokens
};

double nameWidth(const TokenStrips& strips, double width, const Measures& measures) {
    double widest = 0.0;
    for (const auto& block : strips.blocks)
        for (const auto& row : block.rows)
            widest = std::max(widest, measures.metrics.horizontalAdvance(row.name));
    return std::min(widest, 0.25 * width) + 2.0 * measures.pad;
}

/// First tokens of the lines, and the end.
std::vector<int> lineBreaks(const std::vector<double>& widths, double room, double gap) {
    std::vector<int> breaks{0};
    double used = 0.0;
    for (std::size_t t = 0; t < widths.size(); ++t) {
        if (used > 0.0 && used + widths[t] > room) {
            breaks.push_back(static_cast<int>(t));
            used = 0.0;
        }
        used += widths[t] + gap;
    }
    breaks.push_back(static_cast<int>(widths.size()));
    return breaks;
}

/// Null: it is not pinned.
const Pin* pinOf(const std::optional<Thing>& thing, const std::vector<Pin>& pins) {
    const auto found =
        std::find_if(pins.begin(), pins.end(), [&](const Pin& pin) { return pin.thing == thing; });
    return found == pins.end() ? nullptr : &*found;
}

void drawCell(QPainter& painter, const QRectF& rect, const QString& token, double value,
              const ColourScale& scale, const PlotTheme& theme) {
    painter.setPen(Qt::NoPen);
    if (std::isnan(value)) { // not known: hatched, never as a zero
        painter.setBrush(QBrush(theme.grid, Qt::BDiagPattern));
        painter.drawRect(rect);
        painter.setPen(theme.quiet);
    } else {
        const auto colour = colourOf(value, scale, theme.dark);
        painter.setBrush(colour);
        painter.drawRect(rect);
        if (scale.clips(value))
            markClipped(painter, rect, colour, theme);
        painter.setPen(colour.lightnessF() > 0.55 ? Qt::black : Qt::white);
    }
    painter.drawText(rect, Qt::AlignCenter | Qt::TextDontClip,
                     elided(theme.tickMetrics(), token, rect.width()));
}

} // namespace

const TokenStripLayout::Cell* TokenStripLayout::cellAt(const QPointF& point) const {
    const auto found = std::find_if(cells.begin(), cells.end(),
                                    [&](const Cell& cell) { return cell.rect.contains(point); });
    return found == cells.end() ? nullptr : &*found;
}

std::optional<std::size_t> TokenStripLayout::blockAt(const QPointF& point) const {
    if (const auto* cell = cellAt(point))
        return cell->block;
    for (const auto* names : {&labels, &rowNames})
        for (const auto& name : *names)
            if (name.rect.contains(point))
                return name.block;
    return std::nullopt;
}

TokenStripLayout layOutTokenStrips(const TokenStrips& strips, double width,
                                   const PlotTheme& theme) {
    const Measures measures(theme);
    const double names = nameWidth(strips, width, measures);
    const double room = std::max(width - names, 4.0 * measures.line);
    std::vector<double> widths;
    for (const auto& token : strips.tokens)
        widths.push_back(std::min(room, std::ceil(measures.metrics.horizontalAdvance(token)) +
                                            2.0 * measures.pad));
    const auto breaks = lineBreaks(widths, room, measures.gap);
    TokenStripLayout layout;
    double y = 0.0;
    for (std::size_t b = 0; b < strips.blocks.size(); ++b) {
        const auto& block = strips.blocks[b];
        const double label = block.label.isEmpty() ? 0.0 : measures.line;
        layout.labels.push_back({QRectF(0.0, y, width, label), block.label, b});
        y += label;
        for (std::size_t line = 0; line + 1 < breaks.size(); ++line) {
            for (std::size_t r = 0; r < block.rows.size(); ++r) {
                const QRectF name(0.0, y, names, measures.line);
                if (line == 0)
                    layout.rowNames.push_back(
                        {name,
                         elided(measures.metrics, block.rows[r].name, names - 2.0 * measures.pad),
                         b});
                double x = names;
                for (int t = breaks[line]; t < breaks[line + 1]; ++t) {
                    const auto at = static_cast<std::size_t>(t);
                    layout.cells.push_back(
                        {QRectF(x, y, widths[at], measures.line - measures.gap), b, r, at});
                    x += widths[at] + measures.gap;
                }
                y += measures.line;
            }
            y += 0.3 * measures.line;
        }
        y += 0.3 * measures.line;
    }
    layout.height = std::max(0.0, y - 0.6 * measures.line);
    return layout;
}

void drawTokenStrips(QPainter& painter, const TokenStrips& strips, const TokenStripLayout& layout,
                     const PlotTheme& theme, const std::vector<Pin>& pins, const QRectF& visible,
                     std::optional<Thing> hovered) {
    const auto isSeen = [&](const QRectF& rect) {
        return visible.isNull() || visible.intersects(rect);
    };
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, !theme.crisp);
    for (const auto& label : layout.labels) {
        if (!isSeen(label.rect))
            continue;
        const auto& thing = strips.blocks[label.block].thing;
        auto font = theme.tickFont;
        font.setBold(true);
        painter.setFont(font);
        double left = label.rect.left();
        if (const auto* pin = pinOf(thing, pins)) {
            const auto size = pinLetterSize(*pin, theme);
            drawPinLetter(painter, {left, label.rect.center().y() - size.height() / 2.0}, *pin,
                          theme);
            left += size.width() + 4.0 * theme.unit;
        }
        painter.setPen(hovered && hovered == thing ? theme.focus : theme.ink);
        painter.drawText(
            QRectF(left, label.rect.top(), label.rect.right() - left, label.rect.height()),
            Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, label.text);
    }
    painter.setFont(theme.tickFont);
    painter.setPen(theme.quiet);
    for (const auto& name : layout.rowNames)
        if (isSeen(name.rect))
            painter.drawText(name.rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip,
                             name.text);
    for (const auto& cell : layout.cells) {
        if (!isSeen(cell.rect))
            continue;
        const auto& values = strips.blocks[cell.block].rows[cell.row].values;
        drawCell(painter, cell.rect, strips.tokens[static_cast<qsizetype>(cell.token)],
                 cell.token < values.size() ? values[cell.token]
                                            : std::numeric_limits<double>::quiet_NaN(),
                 strips.scale, theme);
        if (strips.framed == cell.token) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(theme.ink, 2.0 * theme.unit));
            painter.drawRect(cell.rect);
        }
    }
    painter.restore();
}

} // namespace residuum

#include "widgets/plots/legend.h"

#include <algorithm>

namespace residuum {

namespace {

constexpr double markRoom = 1.2; ///< of a mark before its name, in lines
constexpr double entryGap = 1.0; ///< between a name and the next mark

} // namespace

LegendLayout layOutLegend(const QStringList& names, double width, const PlotTheme& theme) {
    const auto metrics = theme.tickMetrics();
    const double line = metrics.height();
    LegendLayout layout;
    for (const auto& name : names) {
        const double length = markRoom * line + metrics.horizontalAdvance(name);
        const bool fits =
            !layout.lines.empty() && layout.lines.back() + entryGap * line + length <= width;
        if (!fits)
            layout.lines.push_back(0.0);
        const double left = fits ? layout.lines.back() + entryGap * line : 0.0;
        layout.places.emplace_back(left, line * static_cast<double>(layout.lines.size() - 1));
        layout.lines.back() = left + length;
    }
    layout.height = line * static_cast<double>(layout.lines.size());
    return layout;
}

double legendHead(const QStringList& names, const QSizeF& size, const PlotTheme& theme) {
    if (!theme.crisp || names.isEmpty())
        return 0.0;
    const double line = theme.tickMetrics().height();
    const double width = size.width() - 0.7 * line;
    const auto layout = layOutLegend(names, width, theme);
    const double widest = *std::max_element(layout.lines.begin(), layout.lines.end());
    return widest > width || layout.height > 0.25 * size.height() ? 0.0 : layout.height;
}

void drawLegend(QPainter& painter, const QStringList& names, const QRectF& rect,
                const PlotTheme& theme, const DrawLegendMark& drawMark) {
    const auto metrics = theme.tickMetrics();
    const double line = metrics.height();
    const auto layout = layOutLegend(names, rect.width(), theme);
    painter.setFont(theme.tickFont);
    for (std::size_t i = 0; i < layout.places.size(); ++i) {
        const auto row = static_cast<std::size_t>(layout.places[i].y() / line + 0.5);
        const auto at = rect.topLeft() + layout.places[i] +
                        QPointF(std::max(0.0, (rect.width() - layout.lines[row]) / 2.0), 0.0);
        drawMark(i, QRectF(at, QSizeF(line, line)));
        const auto& name = names[static_cast<qsizetype>(i)];
        painter.setPen(theme.quiet);
        painter.drawText(QRectF(at + QPointF(markRoom * line, 0.0),
                                QSizeF(metrics.horizontalAdvance(name), line)),
                         Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, name);
    }
}

} // namespace residuum

#include "widgets/figure/figure_table.h"

#include "widgets/plots/colour_scale.h"
#include "widgets/text/eliding.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace residuum {

namespace {

/// Where columns begin and end, behind the rows' names: every column has what it needs, what is
/// left is shared out.
std::vector<double> edgesOf(double labelWidth, const std::vector<double>& widths, double room) {
    std::vector<double> edges{labelWidth};
    for (const double width : widths)
        edges.push_back(edges.back() + width);
    const double spare = room - edges.back();
    for (std::size_t c = 0; c < edges.size(); ++c)
        edges[c] += spare * static_cast<double>(c) /
                    static_cast<double>(std::max<std::size_t>(1, widths.size()));
    return edges;
}

/// Calls `use(first column, behind the last one)` for each group of columns.
template <class Use>
void forGroups(const TableFigure& table, const Use& use) {
    for (std::size_t c = 0; c < table.columns.size();) {
        auto end = c;
        while (end < table.columns.size() && table.columns[end].group == table.columns[c].group)
            ++end;
        use(c, end);
        c = end;
    }
}

/// Whether a group's name, or the numbers, have less than they need.
bool lacksRoom(const TableFigure& table, const std::vector<double>& edges, const QFont& font,
               double beside, double room, const std::vector<double>& widths) {
    const QFontMetricsF metrics(font);
    bool lacks = std::accumulate(widths.begin(), widths.end(), 0.0) > room;
    forGroups(table, [&](std::size_t first, std::size_t end) {
        lacks |= metrics.horizontalAdvance(table.columns[first].group) >
                 edges[end] - edges[first] - beside;
    });
    return lacks;
}

void widenGroups(const TableFigure& table, const QFont& bold, double beside,
                 std::vector<double>& widths) {
    const QFontMetricsF metrics(bold);
    forGroups(table, [&](std::size_t first, std::size_t end) {
        double there = 0.0;
        for (auto c = first; c < end; ++c)
            there += widths[c];
        const double lacking =
            metrics.horizontalAdvance(table.columns[first].group) + beside - there;
        for (auto c = first; c < end; ++c)
            widths[c] += std::max(0.0, lacking) / static_cast<double>(end - first);
    });
}

} // namespace

QString numberText(const TableFigure::Column& column, int row) {
    const double value = column.values[static_cast<std::size_t>(row)];
    if (std::isnan(value))
        return QStringLiteral("–");
    return column.isError ? oneDigit(value) : threeDigits(value);
}

void cutRows(TableFigure& table, int rows) {
    if (table.rows.size() <= rows)
        return;
    table.rows = table.rows.mid(0, rows);
    for (auto& column : table.columns)
        column.values.resize(static_cast<std::size_t>(rows));
}

double tableHeight(const TableFigure& table, const PlotTheme& theme) {
    return (static_cast<double>(table.rows.size()) + 4.2) * 1.25 * theme.tickMetrics().height();
}

void paintTable(QPainter& painter, const TableFigure& table, const QRectF& rect,
                const PlotTheme& theme) {
    const auto metrics = theme.tickMetrics();
    auto bold = theme.tickFont;
    bold.setBold(true);
    const double line = 1.25 * metrics.height();
    double labelWidth = metrics.horizontalAdvance(table.rowTitle);
    for (const auto& row : table.rows)
        labelWidth = std::max(labelWidth, metrics.horizontalAdvance(row));
    std::vector<double> widths;
    for (const auto& column : table.columns) {
        double needed = 0.0;
        for (const auto& word : column.title.split(QLatin1Char(' ')))
            needed = std::max(needed, metrics.horizontalAdvance(word));
        for (int r = 0; r < table.rows.size(); ++r)
            needed = std::max(needed, metrics.horizontalAdvance(numberText(column, r)));
        widths.push_back(needed);
    }
    labelWidth += 0.8 * line;
    auto edges = edgesOf(labelWidth, widths, rect.width());
    if (lacksRoom(table, edges, theme.tickFont, 0.3 * line, rect.width() - labelWidth, widths)) {
        widenGroups(table, bold, 0.4 * line, widths);
        // Rows' names are shortened, numbers are not.
        double numbers = 0.0;
        for (const double width : widths)
            numbers += width + 0.5 * line;
        labelWidth = std::min(labelWidth, std::max(0.25 * rect.width(), rect.width() - numbers));
        edges = edgesOf(labelWidth, widths, rect.width());
    }
    const auto rule = [&](double y, double thickness, double left, double right) {
        painter.setPen(QPen(theme.ink, thickness * theme.unit));
        painter.drawLine(QPointF(left, y), QPointF(right, y));
    };
    const auto text = [&](const QRectF& where, int alignment, const QString& words) {
        painter.setPen(theme.ink);
        painter.drawText(where, alignment | Qt::AlignVCenter | Qt::TextDontClip,
                         elided(metrics, words, where.width()));
    };
    painter.setFont(theme.tickFont);
    rule(rect.top() + theme.unit, 1.2, rect.left(), rect.right());
    forGroups(table, [&](std::size_t c, std::size_t end) {
        const double from = edges[c], to = edges[end];
        painter.setFont(bold);
        text(QRectF(from + 0.3 * line, rect.top() + 0.1 * line, to - from - 0.3 * line, line),
             Qt::AlignHCenter, table.columns[c].group);
        painter.setFont(theme.tickFont);
        rule(rect.top() + 1.15 * line, 0.6, from + 0.4 * line, to);
    });
    const double head = rect.top() + 1.2 * line;
    text(QRectF(rect.left(), head + 0.8 * line, labelWidth - 0.4 * line, line), Qt::AlignLeft,
         table.rowTitle);
    for (std::size_t c = 0; c < table.columns.size(); ++c)
        painter.drawText(
            QRectF(edges[c] + 0.3 * line, head, edges[c + 1] - edges[c] - 0.3 * line, 1.7 * line),
            Qt::AlignRight | Qt::AlignBottom | Qt::TextWordWrap | Qt::TextDontClip,
            table.columns[c].title);
    rule(head + 1.9 * line, 0.8, rect.left(), rect.right());
    double y = head + 2.0 * line;
    for (int r = 0; r < table.rows.size(); ++r, y += line) {
        text(QRectF(rect.left(), y, labelWidth - 0.4 * line, line), Qt::AlignLeft, table.rows[r]);
        for (std::size_t c = 0; c < table.columns.size(); ++c)
            text(QRectF(edges[c], y, edges[c + 1] - edges[c], line), Qt::AlignRight,
                 numberText(table.columns[c], r));
    }
    rule(y + 0.1 * line, 1.2, rect.left(), rect.right());
}

} // namespace residuum

#include "widgets/figure/figure_characters.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>
#include <utility>

namespace residuum {

namespace {

bool isControl(QChar c) {
    return c.category() == QChar::Other_Control || c == QChar::LineSeparator ||
           c == QChar::ParagraphSeparator;
}

void makeVisible(QString& text) {
    text = withVisibleControls(text);
}

void makeVisible(CellGrid& grid) {
    for (auto* ticks : {&grid.columnTicks, &grid.rowTicks})
        for (auto& tick : *ticks) {
            makeVisible(tick.label);
            makeVisible(tick.name);
        }
    for (auto& cell : grid.cells)
        makeVisible(cell.text);
    makeVisible(grid.columnTitle);
    makeVisible(grid.rowTitle);
}

void makeVisible(HeatmapFigure& heatmap) {
    makeVisible(heatmap.data.grid);
}

void makeVisible(ScatterFigure& scatter) {
    for (auto& group : scatter.data.groups)
        makeVisible(group);
    makeVisible(scatter.data.xTitle);
    makeVisible(scatter.data.yTitle);
}

void makeVisible(ChartFigure& chart) {
    for (auto* list : {&chart.data.categories, &chart.data.stops})
        for (auto& category : *list) {
            makeVisible(category.label);
            makeVisible(category.name);
        }
    for (auto& series : chart.data.series)
        makeVisible(series.name);
    makeVisible(chart.data.xTitle);
    makeVisible(chart.data.yTitle);
}

void makeVisible(TokenStripFigure& figure) {
    for (auto& token : figure.strips.tokens)
        makeVisible(token);
    for (auto& block : figure.strips.blocks) {
        makeVisible(block.label);
        for (auto& row : block.rows)
            makeVisible(row.name);
    }
}

void makeVisible(GraphFigure& graph) {
    for (auto& node : graph.data.nodes)
        makeVisible(node.label);
    for (auto& edge : graph.data.edges)
        makeVisible(edge.label);
}

void makeVisible(TableFigure& table) {
    makeVisible(table.rowTitle);
    for (auto& row : table.rows)
        makeVisible(row);
    for (auto& column : table.columns) {
        makeVisible(column.group);
        makeVisible(column.title);
    }
}

bool isXmlCharacter(char32_t c) {
    return c == 0x9 || c == 0xA || c == 0xD || (c >= 0x20 && c <= 0xD7FF) ||
           (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

/// What LaTeX needs in other words; characters of labels and captions among them.
QString latexFor(char32_t c) {
    static constexpr std::array<std::pair<char32_t, const char*>, 33> words{{
        {U'\\', "\\textbackslash{}"},
        {U'~', "\\textasciitilde{}"},
        {U'^', "\\textasciicircum{}"},
        {U'|', "\\textbar{}"},
        {U'<', "\\textless{}"},
        {U'>', "\\textgreater{}"},
        {U'"', "\\char34{}"},
        {U'#', "\\#"},
        {U'$', "\\$"},
        {U'%', "\\%"},
        {U'&', "\\&"},
        {U'_', "\\_"},
        {U'{', "\\{"},
        {U'}', "\\}"},
        {U'\u2212', "$-$"},
        {U'\u00D7', "$\\times$"},
        {U'\u00B7', "$\\cdot$"},
        {U'\u00B1', "$\\pm$"},
        {U'\u2264', "$\\leq$"},
        {U'\u2265', "$\\geq$"},
        {U'\u2192', "$\\to$"},
        {U'\u0394', "$\\Delta$"},
        {U'\u03A3', "$\\Sigma$"},
        {U'\u03C3', "$\\sigma$"},
        {U'\u03B1', "$\\alpha$"},
        {U'\u03BC', "$\\mu$"},
        {U'\u00B5', "$\\mu$"},
        {U'\u27E8', "$\\langle$"},
        {U'\u27E9', "$\\rangle$"},
        {U'\u23CE', "\\textbackslash{}n"},
        {U'\u21E5', "\\textbackslash{}t"},
        {U'\u00A0', "~"},
        {U'\u237D', "~"},
    }};
    const auto* found =
        std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == c; });
    return found == words.end() ? QString() : QString::fromLatin1(found->second);
}

/// Letters and signs that inputenc's utf8 sets in LaTeX's own fonts (OT1).
bool isPlainLatex(char32_t c) {
    static constexpr std::u32string_view signs = U"–—‘’“”…";
    static constexpr std::u32string_view elsewhere = U"ÐÞðþ÷";
    return (c >= 0x20 && c < 0x7F) || signs.find(c) != std::u32string_view::npos ||
           (c >= 0xC0 && c <= 0xFF && elsewhere.find(c) == std::u32string_view::npos);
}

} // namespace

QString withVisibleControls(const QString& text) {
    if (std::none_of(text.begin(), text.end(), isControl))
        return text;
    QString shown;
    for (const QChar c : text) {
        if (c == QLatin1Char('\n'))
            shown += QChar(0x23CE);
        else if (c == QLatin1Char('\t'))
            shown += QChar(0x21E5);
        else if (isControl(c))
            shown += QStringLiteral("\\x%1").arg(QString::number(c.unicode(), 16).toUpper(), 2,
                                                 QLatin1Char('0'));
        else
            shown += c;
    }
    return shown;
}

Figure withVisibleControls(Figure figure) {
    makeVisible(figure.quantity);
    for (auto& panel : figure.panels) {
        makeVisible(panel.title);
        makeVisible(panel.subtitle);
        for (auto& note : panel.notes)
            makeVisible(note);
        std::visit([](auto& content) { makeVisible(content); }, panel.content);
    }
    return figure;
}

QString xmlText(const QString& text) {
    QString shown;
    for (const char32_t c : text.toUcs4())
        shown += isXmlCharacter(c) ? QString::fromUcs4(&c, 1)
                                   : QStringLiteral("\\x%1").arg(QString::number(c, 16).toUpper(),
                                                                 2, QLatin1Char('0'));
    return shown.toHtmlEscaped();
}

QString csvField(const QString& text) {
    static const QRegularExpression special(QStringLiteral("[,\"\r\n]"));
    if (!text.contains(special))
        return text;
    return QLatin1Char('"') + QString(text).replace(QLatin1Char('"'), QStringLiteral("\"\"")) +
           QLatin1Char('"');
}

QString latexText(const QString& text, int* replaced) {
    QString latex;
    for (const char32_t c : withVisibleControls(text).toUcs4()) {
        if (const auto words = latexFor(c); !words.isEmpty()) {
            latex += words;
        } else if (isPlainLatex(c)) {
            latex += QString::fromUcs4(&c, 1);
        } else {
            latex +=
                QStringLiteral("[U+%1]").arg(QString::number(c, 16).toUpper(), 4, QLatin1Char('0'));
            if (replaced != nullptr)
                ++*replaced;
        }
    }
    return latex;
}

QString latexComment(const QString& text) {
    static const QRegularExpression lineEnd(QStringLiteral("\r\n|[\n\r\v\f\u0085\u2028\u2029]"));
    QString comment;
    for (const auto& line : text.split(lineEnd))
        comment += QStringLiteral("%   ") + line + QLatin1Char('\n');
    return comment;
}

} // namespace residuum

// What others' programs make of a figure's texts: XML parsers, CSV readers, LaTeX.
#include "widgets/figure/figure_characters.h"
#include "widgets/figure/figure_export.h"

#include <QXmlStreamReader>

#include <gmock/gmock.h>

namespace residuum {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A figure whose model, prompt and command have what files and prompts may have.
Figure hostile() {
    Figure figure;
    figure.view = QStringLiteral("attribution");
    figure.title = QStringLiteral("DLA of “\x0c” \uFFFE");
    figure.quantity = QStringLiteral("DLA (LN frozen)");
    figure.caption = QStringLiteral("Prompt: “Mary <went>\n\nto\x0c 東京 Δ 5 % of #1”.");
    figure.provenance = {"dla",
                         "2026-01-02T03:04:05Z",
                         "0.1.0",
                         R"({"kind":"dla"})",
                         "abc",
                         {},
                         {"residuum dla m --prompt='Mary\n\nwent\x0c\r to' -o r.h5"}};
    figure.provenance.models.push_back(
        {"a\x0b", "a\x0b", "xxh3-128:12", "LayerNorm", "float32", "cpu"});
    HeatmapFigure content;
    content.data.grid.rows = 1;
    content.data.grid.columns = 2;
    content.data.grid.columnTicks = {{0.5, QStringLiteral("\x1b")}};
    content.data.grid.cells = {{std::nullopt, 0, 0.0, 1.0, QStringLiteral("Mary\r")},
                               {std::nullopt, 0, 1.0, 1.0, QStringLiteral("two\r\nlines")}};
    content.data.values = {1.0, -1.0};
    figure.panels.push_back({QStringLiteral("a\x0b"),
                             QStringLiteral("LayerNorm"),
                             {QStringLiteral("note\x01")},
                             content});
    return figure;
}

/// A reader of RFC 4180, strict: rows of fields; a bare CR outside quotes ends a row, as it does in
/// Python and pandas.
std::vector<QStringList> rowsOf(const QByteArray& csv) {
    std::vector<QStringList> rows{{}};
    QString field;
    bool quoted = false;
    const auto text = QString::fromUtf8(csv);
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        const bool doubled = quoted && c == QLatin1Char('"') && i + 1 < text.size() &&
                             text[i + 1] == QLatin1Char('"');
        if (doubled) {
            field += c;
            ++i;
        } else if (c == QLatin1Char('"')) {
            quoted = !quoted;
        } else if (quoted ||
                   (c != QLatin1Char(',') && c != QLatin1Char('\n') && c != QLatin1Char('\r'))) {
            field += c;
        } else {
            rows.back() << field;
            field.clear();
            if (c != QLatin1Char(','))
                rows.emplace_back();
        }
    }
    rows.pop_back(); // after the last line's end
    return rows;
}

TEST(FigureCharacters, SvgIsWellFormedWhateverTheTexts) {
    const auto svg = figureSvg(hostile(), {});
    QXmlStreamReader xml(svg);
    QString texts, description;
    while (!xml.atEnd())
        if (xml.readNext() == QXmlStreamReader::StartElement) {
            if (xml.name() == QLatin1String("text"))
                texts += xml.readElementText() + QLatin1Char('\n');
            else if (xml.name() == QLatin1String("desc"))
                description = xml.readElementText();
        }
    EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
    for (const auto* shown : {"a\\x0B", "\\x1B", "note\\x01"})
        EXPECT_THAT(texts.toStdString(), HasSubstr(shown));
    EXPECT_THAT(description.toStdString(), HasSubstr("\\u000b")) << "JSON's own escapes";
}

TEST(FigureCharacters, XmpIsWellFormedWhateverTheTexts) {
    const auto pdf = figurePdf(hostile(), {});
    const auto begin = pdf.indexOf("<x:xmpmeta");
    const QByteArray end = "</x:xmpmeta>";
    ASSERT_GE(begin, 0);
    const auto xmp = pdf.mid(begin, pdf.indexOf(end, begin) + end.size() - begin);
    QXmlStreamReader xml(xmp);
    while (!xml.atEnd())
        xml.readNext();
    EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
    EXPECT_TRUE(xmp.contains("\\x0C"));
    EXPECT_TRUE(xmp.contains("\\xFFFE"));
}

TEST(FigureCharacters, CsvFieldsWithLineEndsAreQuoted) {
    const auto rows = rowsOf(figureCsv(hostile()));
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[1], QStringList({QStringLiteral("a\x0b"), QStringLiteral("Mary\r"),
                                    QStringLiteral("1")}));
    EXPECT_EQ(rows[2][1], QStringLiteral("two\r\nlines"));
}

TEST(FigureCharacters, PanelsOfDifferentKindsAreOneTable) {
    auto figure = hostile();
    ScatterFigure scatter;
    scatter.data.groups = {QStringLiteral("heads")};
    scatter.data.xTitle = QStringLiteral("x");
    scatter.data.yTitle = QStringLiteral("y");
    scatter.data.points = {{std::nullopt, 1.5, 2.5, 0, QStringLiteral("L0H0")}};
    figure.panels.push_back({QStringLiteral("b"), {}, {}, scatter});
    scatter.data.xTitle = QStringLiteral("z");
    figure.panels.push_back({QStringLiteral("c"), {}, {}, scatter});
    const auto rows = rowsOf(figureCsv(figure));
    ASSERT_EQ(rows.size(), 5u);
    EXPECT_EQ(rows[0].join(QLatin1Char('|')),
              QStringLiteral("panel|cell|DLA (LN frozen)|point|group|x|y|z"));
    for (const auto& row : rows)
        EXPECT_EQ(row.size(), rows[0].size());
    EXPECT_EQ(rows[3].join(QLatin1Char('|')), QStringLiteral("b|||L0H0|heads|1.5|2.5|"));
    EXPECT_EQ(rows[4].join(QLatin1Char('|')), QStringLiteral("c|||L0H0|heads||2.5|1.5"));
}

TEST(FigureCharacters, LatexIsOneParagraphAndItsCommentsStayComments) {
    const auto latex =
        QString::fromUtf8(figureLatex(hostile(), {}, QStringLiteral("f.pdf"))).toStdString();
    EXPECT_THAT(latex, HasSubstr("\\caption{Prompt: “Mary \\textless{}went\\textgreater{}"
                                 "\\textbackslash{}n\\textbackslash{}nto\\textbackslash{}x0C "
                                 "[U+6771][U+4EAC] $\\Delta$ 5 \\% of \\#1”.}"));
    EXPECT_THAT(latex, HasSubstr("% [U+...] in the caption"));
    const auto lines = QString::fromStdString(latex).split(QLatin1Char('\n'));
    bool inFigure = false;
    for (const auto& line : lines) {
        inFigure = inFigure || line.startsWith(QLatin1String("\\begin{figure}"));
        if (!inFigure) {
            EXPECT_TRUE(line.startsWith(QLatin1Char('%'))) << line.toStdString();
        }
    }
    EXPECT_THAT(latex, Not(HasSubstr("\n\n")));
    EXPECT_THAT(latex, Not(HasSubstr("rename it")));
    EXPECT_THAT(figureLatex(hostile(), {}, QStringLiteral("50%.pdf")).toStdString(),
                HasSubstr("% LaTeX cannot include a file of this name: rename it"));
}

TEST(FigureCharacters, TextsWithoutControlsStayAsTheyAre) {
    EXPECT_EQ(withVisibleControls(QStringLiteral("⟨end⟩ ·Mary 東京")),
              QStringLiteral("⟨end⟩ ·Mary 東京"));
    EXPECT_EQ(withVisibleControls(QStringLiteral("a\n\tb\r\u2028\u0085")),
              QStringLiteral("a⏎⇥b\\x0D\\x2028\\x85"));
    EXPECT_EQ(xmlText(QStringLiteral("<&>\n😀")), QStringLiteral("&lt;&amp;&gt;\n😀"));
}

} // namespace
} // namespace residuum

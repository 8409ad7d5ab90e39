// Figures checked by what is in the files, not by their pixels.
#include "widgets/figure/figure_export.h"
#include "widgets/figure/figure_layout.h"

#include "core/task/error.h"
#include "support/paths.h"

#include <QFile>
#include <QRegularExpression>
#include <QXmlStreamReader>

#include <cmath>
#include <gmock/gmock.h>

namespace residuum {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

HeatmapFigure heatmap(int rows, int columns) {
    HeatmapFigure figure;
    figure.data.grid.rows = rows;
    figure.data.grid.columns = columns;
    figure.data.grid.rowTitle = QStringLiteral("layer");
    figure.data.grid.columnTitle = QStringLiteral("head");
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) {
            figure.data.grid.cells.push_back(
                {Component{ComponentKind::Head, LayerIndex(r), HeadIndex(c)}, r,
                 static_cast<double>(c), 1.0, QStringLiteral("L%1H%2").arg(r).arg(c)});
            figure.data.values.push_back(std::sin(r * columns + c) / 3.0);
        }
    figure.data.values[1] = unknownValue;
    figure.data.scale.unit = QStringLiteral("logits");
    figure.pins.push_back({Component{ComponentKind::Head, LayerIndex(0), HeadIndex(0)},
                           pinColour(0), QStringLiteral("K")});
    return figure;
}

Figure heatmaps(int count, int rows = 4, int columns = 6) {
    Figure figure;
    figure.view = QStringLiteral("attribution");
    figure.title = QStringLiteral("DLA of “ Mary” <&>");
    figure.quantity = QStringLiteral("DLA (LN frozen)");
    figure.caption = QStringLiteral("50 % of_it & |x|");
    figure.provenance = {"dla", "2026-01-02T03:04:05Z", "0.1.0", R"({"kind":"dla"})", "abc", {},
                         {}};
    figure.provenance.models.push_back(
        {"ä", "demo:x", "xxh3-128:12", "LayerNorm", "float32", "cpu"});
    figure.provenance.commands = {"residuum dla demo:x -o r.h5"};
    for (int i = 0; i < count; ++i)
        figure.panels.push_back({QStringLiteral("model %1").arg(i),
                                 QStringLiteral("LayerNorm"),
                                 {QStringLiteral("NMAE 8.82 % [2.97, 19.0]")},
                                 heatmap(rows, columns)});
    return figure;
}

ScatterFigure scatter() {
    ScatterFigure figure;
    figure.data.groups = {QStringLiteral("heads"), QStringLiteral("MLPs, biases")};
    figure.data.xTitle = QStringLiteral("direct effect (LN recomputed) [logits]");
    figure.data.yTitle = QStringLiteral("DLA (LN frozen) [logits]");
    for (int i = 0; i < 40; ++i)
        figure.data.points.push_back({Neuron{LayerIndex(0), NeuronIndex(i)}, std::cos(i),
                                      std::cos(i) + 0.1, i % 2, QStringLiteral("p%1").arg(i)});
    return figure;
}

Figure scatters() {
    auto figure = heatmaps(2);
    for (auto& panel : figure.panels)
        panel.content = scatter();
    return figure;
}

Figure table() {
    auto figure = heatmaps(1);
    TableFigure content;
    content.rowTitle = QStringLiteral("component");
    TableFigure::Column column{
        QStringLiteral("a, \"b\""), QStringLiteral("DLA"), QStringLiteral("logits"), {}, false};
    for (int i = 0; i < 30; ++i) {
        content.rows << QStringLiteral("L%1.mlp").arg(i);
        column.values.push_back(1.0 / (i + 3.0));
    }
    content.columns = {column, column};
    figure.panels.front().content = content;
    return figure;
}

FigureStyle styleOfWidth(double points) {
    FigureStyle style;
    style.width = points;
    return style;
}

TEST(FigurePdf, PageIsExactFontsAreEmbeddedAndNothingIsRaster) {
    for (const auto& figure : {heatmaps(3), scatters(), table()}) {
        for (const auto& preset : figurePresets()) {
            auto style = styleOfWidth(preset.width);
            style.fontSize = preset.fontSize;
            const auto pdf = figurePdf(figure, style);
            ASSERT_TRUE(pdf.startsWith("%PDF-1.4"));
            static const QRegularExpression box(
                QStringLiteral("/MediaBox \\[0 0 ([0-9.]+) ([0-9.]+) *\\]"));
            const auto match = box.match(QString::fromLatin1(pdf));
            ASSERT_TRUE(match.hasMatch());
            EXPECT_NEAR(match.captured(1).toDouble(), preset.width, 5e-3)
                << preset.name.toStdString();
            const FigureLayout layout(figure, style);
            EXPECT_DOUBLE_EQ(match.captured(2).toDouble() * unitsPerPoint, layout.size().height());
            EXPECT_EQ(pdf.count("/MediaBox"), 1);
            EXPECT_GT(pdf.count("/FontFile2"), 0);
            EXPECT_EQ(pdf.count("/FontDescriptor\n"), pdf.count("/FontFile2"));
            EXPECT_EQ(pdf.count("/Subtype /Image"), 0);
        }
    }
}

/// Every offset of the cross-reference table must still point to its object.
TEST(FigurePdf, OffsetsHold) {
    const auto pdf = figurePdf(heatmaps(3), styleOfWidth(218.16));
    const auto start = pdf.mid(pdf.lastIndexOf("startxref") + 10).trimmed().split('\n').front();
    const auto table = pdf.mid(start.toLongLong()).split('\n');
    ASSERT_EQ(table[0].trimmed(), "xref");
    const int count = table[1].split(' ')[1].trimmed().toInt();
    ASSERT_GT(count, 5);
    for (int i = 1; i < count; ++i) {
        const auto at = table[2 + i].left(10).toLongLong();
        EXPECT_TRUE(pdf.mid(at).startsWith(QByteArray::number(i) + " 0 obj")) << i;
    }
}

TEST(FigurePdf, CarriesItsProvenanceAndTheResultsDate) {
    const auto pdf = figurePdf(heatmaps(2), {});
    EXPECT_TRUE(pdf.contains("/CreationDate (D:20260102030405Z"));
    EXPECT_TRUE(pdf.contains("<xmp:CreateDate>2026-01-02T03:04:05Z</xmp:CreateDate>"));
    EXPECT_TRUE(pdf.contains("xxh3-128:12"));
    EXPECT_TRUE(pdf.contains("residuum dla demo:x -o r.h5"));
}

TEST(FigurePdf, LargeMapsAreOneLosslessImage) {
    const auto pdf = figurePdf(heatmaps(1, 200, 200), {});
    EXPECT_EQ(pdf.count("/Subtype /Image"), 1);
    EXPECT_EQ(pdf.count("/DCTDecode"), 0); // JPEG
}

TEST(FigureSvg, IsWellFormedHasTheExactSizeAndTextAsText) {
    for (const auto& figure : {heatmaps(3), scatters(), table()}) {
        const auto svg = figureSvg(figure, styleOfWidth(218.16));
        QXmlStreamReader xml(svg);
        QStringList texts;
        QString width, description;
        int images = 0, rectangles = 0;
        while (!xml.atEnd()) {
            if (xml.readNext() != QXmlStreamReader::StartElement)
                continue;
            if (xml.name() == QLatin1String("svg"))
                width = xml.attributes().value(QLatin1String("width")).toString();
            images += xml.name() == QLatin1String("image") ? 1 : 0;
            rectangles += xml.name() == QLatin1String("rect") ? 1 : 0;
            if (xml.name() == QLatin1String("text"))
                texts << xml.readElementText();
            else if (xml.name() == QLatin1String("desc"))
                description = xml.readElementText();
        }
        EXPECT_FALSE(xml.hasError()) << xml.errorString().toStdString();
        EXPECT_EQ(width, QStringLiteral("218.16pt"));
        EXPECT_EQ(images, 0);
        EXPECT_GT(rectangles, 0);
        EXPECT_GT(texts.size(), 5);
        EXPECT_TRUE(description.contains(QStringLiteral("xxh3-128:12")));
    }
    EXPECT_TRUE(figureSvg(heatmaps(2), {}).contains("(b) model 1"));
    EXPECT_TRUE(figureSvg(heatmaps(2), {}).contains(">K<")) << "a pin's letter";
}

TEST(FigurePng, HasItsResolutionAndItsProvenance) {
    FigureStyle style;
    style.dpi = 150;
    const auto image = QImage::fromData(figurePng(heatmaps(2), style), "PNG");
    EXPECT_EQ(image.width(), std::lround(5.5 * 150));
    EXPECT_NEAR(image.dotsPerMeterX() * 0.0254, 150.0, 0.05);
    EXPECT_TRUE(image.text(QStringLiteral("Provenance")).contains(QStringLiteral("abc")));
}

TEST(FigureFiles, TheSameFigureGivesTheSameBytes) {
    for (const auto& figure : {heatmaps(3), scatters(), table()})
        for (const auto format :
             {FigureFormat::Pdf, FigureFormat::Svg, FigureFormat::Png, FigureFormat::Csv})
            EXPECT_TRUE(renderFigure(figure, {}, format) == renderFigure(figure, {}, format));
}

TEST(FigureCsv, HoldsEveryPlottedNumberInFull) {
    const auto figure = heatmaps(2);
    const auto lines = figureCsv(figure).split('\n');
    EXPECT_EQ(lines.front(), "panel,cell,DLA (LN frozen) [logits]");
    ASSERT_EQ(lines.size(), 1 + 2 * 24 + 1);
    const auto& values = std::get<HeatmapFigure>(figure.panels[0].content).data.values;
    for (int i = 0; i < 24; ++i) {
        const auto fields = lines[1 + i].split(',');
        if (i == 1)
            EXPECT_EQ(fields[2], "");
        else
            EXPECT_EQ(fields[2].toDouble(), values[static_cast<std::size_t>(i)]);
    }
    EXPECT_THAT(figureCsv(scatters()).toStdString(),
                HasSubstr("model 0,p1,\"MLPs, biases\",0.5403023058681398,0.6403023058681397\n"));
    EXPECT_THAT(figureCsv(table()).toStdString(),
                HasSubstr("component,\"a, \"\"b\"\" DLA [logits]\""));
    EXPECT_EQ(figureCsv(table()).count('\n'), 31); // all rows, however many are drawn
}

TEST(FigureLatex, EscapesItsCaption) {
    const auto latex = figureLatex(heatmaps(1), styleOfWidth(234.0), QStringLiteral("a b_ä.pdf"));
    EXPECT_THAT(latex.toStdString(), HasSubstr("width=3.25in]{\\detokenize{a b_ä.pdf}}"));
    EXPECT_THAT(latex.toStdString(), HasSubstr("50 \\% of\\_it \\& \\textbar{}x\\textbar{}"));
    EXPECT_THAT(latex.toStdString(), HasSubstr("\\label{fig:a-b--}"));
}

TEST(FigureLayout, NothingLeavesThePageAndNothingOverlaps) {
    for (const auto& preset : figurePresets())
        for (int panels = 1; panels <= 5; ++panels) {
            auto style = styleOfWidth(preset.width);
            style.fontSize = preset.fontSize;
            const auto figure = heatmaps(panels, 12, 12);
            const FigureLayout layout(figure, style);
            const QRectF page(QPointF(0, 0), layout.size());
            for (int a = 0; a < panels; ++a) {
                const auto plot = layout.plotRect(static_cast<std::size_t>(a));
                EXPECT_TRUE(page.contains(plot)) << preset.name.toStdString() << panels;
                EXPECT_GT(plot.width(), 0.9 * 10.0 * preset.fontSize * unitsPerPoint);
                for (int b = 0; b < a; ++b)
                    EXPECT_FALSE(plot.intersects(layout.plotRect(static_cast<std::size_t>(b))));
            }
        }
}

TEST(FigureLayout, AWishedForHeightIsKept) {
    auto style = styleOfWidth(396.0);
    for (const double height : {150.0, 250.0, 600.0}) {
        style.height = height;
        EXPECT_NEAR(FigureLayout(heatmaps(3), style).size().height(), height * unitsPerPoint,
                    unitsPerPoint + 1.0);
    }
}

TEST(FigureStyle, LengthsAreParsedStrictly) {
    EXPECT_DOUBLE_EQ(parseLength(QStringLiteral("5.5in")).value(), 396.0);
    EXPECT_DOUBLE_EQ(parseLength(QStringLiteral(" 14 cm")).value(), 14.0 / 2.54 * 72.0);
    EXPECT_DOUBLE_EQ(parseLength(QStringLiteral("300pt")).value(), 300.0);
    for (const auto* wrong : {"", "in", "-3in", "3 parsecs", "0.1in", "1e3in", "3in4"})
        EXPECT_FALSE(parseLength(QString::fromLatin1(wrong))) << wrong;
}

TEST(FigureExport, WritesFigureSidecarAndExtrasOrNothing) {
    const test::TemporaryFolder folder;
    const auto target = folder.path() / "Abb. ü 1.pdf";
    exportFigure(heatmaps(2), {}, target, {true, true});
    for (const auto* name : {"Abb. ü 1.pdf", "Abb. ü 1.pdf.json", "Abb. ü 1.csv", "Abb. ü 1.tex"})
        EXPECT_TRUE(fs::exists(folder.path() / name)) << name;
    EXPECT_THROW(exportFigure(heatmaps(1), {}, folder.path() / "x.gif", {}), UsageError);
    EXPECT_THROW(exportFigure(heatmaps(1), {}, folder.path() / "missing" / "x.pdf", {}), Error);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 4);
}

} // namespace
} // namespace residuum

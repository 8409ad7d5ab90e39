// Figures as drawings: PDF, SVG, PNG, by the one layout.
#include "widgets/figure/figure_characters.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/figure_layout.h"

#include <QBuffer>
#include <QHashFunctions>
#include <QLoggingCategory>
#include <QPainter>
#include <QPdfWriter>
#include <QSvgGenerator>

#include <cmath>

namespace residuum {

namespace {

constexpr double unitsPerInch = 72.0 * unitsPerPoint;

QString creator(const Figure& figure) {
    return QStringLiteral("residuum ") + QString::fromStdString(figure.provenance.version);
}

/// XMP: what reference managers and archives read, with the whole provenance in a field of ours.
QByteArray xmpOf(const Figure& figure) {
    return QStringLiteral(
               "<?xpacket begin=\"\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
               "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
               "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "
               "rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
               "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" "
               "xmlns:residuum=\"https://arxiv.org/abs/2507.02559#residuum\">"
               "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%1</rdf:li></rdf:Alt></dc:title>"
               "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">%2</rdf:li></rdf:Alt>"
               "</dc:description><xmp:CreatorTool>%3</xmp:CreatorTool>"
               "<xmp:CreateDate>%4</xmp:CreateDate>"
               "<residuum:provenance>%5</residuum:provenance>"
               "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
        .arg(xmlText(figure.title), xmlText(figure.caption), xmlText(creator(figure)),
             xmlText(QString::fromStdString(figure.provenance.created)),
             xmlText(QString::fromUtf8(figureSidecar(figure))))
        .toUtf8();
}

/// Replaces what stands between `before` and `after` by a text that is made as long, so that no
/// offset in the file moves.
void replaceInPlace(QByteArray& bytes, const QByteArray& before, const QByteArray& after,
                    QByteArray text, char filler) {
    const auto begin = bytes.indexOf(before);
    if (begin < 0)
        return;
    const auto from = begin + before.size();
    const auto length = bytes.indexOf(after, from) - from;
    if (length < text.size())
        return;
    text += QByteArray(length - text.size(), filler);
    bytes.replace(from, length, text);
}

/// "2026-11-24T08:00:00Z" as PDF has it, "20261124080000Z".
QByteArray pdfDate(const std::string& created) {
    QByteArray digits;
    for (const char c : created)
        if (c >= '0' && c <= '9')
            digits += c;
    return digits.leftJustified(14, '0', true) + 'Z';
}

/// "/MediaBox [0 0 W H]" with as many decimals as there is room for.
QByteArray pageBox(double width, double height, qsizetype room) {
    const auto heightText = QByteArray::number(height, 'f', 4);
    const auto wholeDigits = QByteArray::number(std::floor(width), 'f', 0).size();
    const auto decimals = room - heightText.size() - 2 - wholeDigits;
    return QByteArray::number(width, 'f', static_cast<int>(decimals)) + ' ' + heightText;
}

} // namespace

void orderFontsTheSameEachTime() {
    QHashSeed::setDeterministicGlobalSeed();
}

void keepQtQuiet() {
    QLoggingCategory::setFilterRules(QStringLiteral("default.warning=false"));
}

QByteArray figurePdf(const Figure& figure, const FigureStyle& style) {
    const FigureLayout layout(figure, style);
    const double width = layout.size().width() / unitsPerPoint;
    // Qt's pages are whole points; the drawing hangs from the top, so the height is made whole and
    // the width is put right afterwards.
    const double height = std::ceil(layout.size().height() / unitsPerPoint - 1e-9);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setResolution(static_cast<int>(unitsPerInch));
        writer.setPageSize(QPageSize(QSizeF(std::ceil(width), height), QPageSize::Point,
                                     QStringLiteral("figure"), QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF(0.0, 0.0, 0.0, 0.0));
        writer.setTitle(figure.title);
        writer.setCreator(creator(figure));
        writer.setDocumentXmpMetadata(xmpOf(figure));
        QPainter painter(&writer);
        painter.setRenderHint(QPainter::LosslessImageRendering);
        layout.paint(painter);
    }
    replaceInPlace(bytes, "/CreationDate (D:", ")", pdfDate(figure.provenance.created), ' ');
    const QByteArray box = "/MediaBox [0 0 ";
    const auto begin = bytes.indexOf(box) + box.size();
    replaceInPlace(bytes, box, "]", pageBox(width, height, bytes.indexOf(']', begin) - begin), ' ');
    return bytes;
}

QByteArray figureSvg(const Figure& figure, const FigureStyle& style) {
    const FigureLayout layout(figure, style);
    const QSizeF size = layout.size();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    {
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setResolution(static_cast<int>(unitsPerInch));
        generator.setSize(QSize(static_cast<int>(std::ceil(size.width())),
                                static_cast<int>(std::ceil(size.height()))));
        generator.setViewBox(QRectF(QPointF(0.0, 0.0), size));
        generator.setTitle(xmlText(figure.title));
        generator.setDescription(xmlText(QString::fromUtf8(figureSidecar(figure))));
        QPainter painter(&generator);
        layout.paint(painter);
    }
    // The size in points, exactly, instead of rounded millimetres.
    const auto begin = bytes.indexOf("<svg width=");
    const auto end = bytes.indexOf("\n", begin);
    bytes.replace(begin, end - begin,
                  QStringLiteral("<svg width=\"%1pt\" height=\"%2pt\"")
                      .arg(QString::number(size.width() / unitsPerPoint, 'g', 10),
                           QString::number(size.height() / unitsPerPoint, 'g', 10))
                      .toUtf8());
    // Where the family is missing, another of its kind should stand in for it.
    const auto family = fontFamily(style.serif);
    bytes.replace(
        QStringLiteral("font-family=\"%1\"").arg(family).toUtf8(),
        QStringLiteral("font-family=\"%1, %2\"")
            .arg(family, style.serif ? QStringLiteral("serif") : QStringLiteral("sans-serif"))
            .toUtf8());
    return bytes;
}

QImage figureImage(const Figure& figure, const FigureStyle& style) {
    const FigureLayout layout(figure, style);
    const double scale = style.dpi / unitsPerInch;
    QImage image(static_cast<int>(std::lround(layout.size().width() * scale)),
                 static_cast<int>(std::lround(layout.size().height() * scale)),
                 QImage::Format_RGB32);
    image.fill(Qt::white);
    const int dotsPerMetre = static_cast<int>(std::lround(style.dpi / 0.0254));
    image.setDotsPerMeterX(dotsPerMetre);
    image.setDotsPerMeterY(dotsPerMetre);
    QPainter painter(&image);
    painter.scale(scale, scale);
    layout.paint(painter);
    return image;
}

QByteArray figurePng(const Figure& figure, const FigureStyle& style) {
    auto image = figureImage(figure, style);
    image.setText(QStringLiteral("Title"), figure.title);
    image.setText(QStringLiteral("Description"), figure.caption);
    image.setText(QStringLiteral("Software"), creator(figure));
    image.setText(QStringLiteral("Provenance"), QString::fromUtf8(figureSidecar(figure)));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

} // namespace residuum

#include "pinned/drawings.h"

#include "pinned/goldens.h"
#include "pinned/program_inside.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/figure_style.h"

#include <QByteArray>
#include <QFontMetricsF>
#include <QGuiApplication>

#include <cstdio>

namespace residuum::test {

namespace {

int printMetrics() {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    keepQtQuiet();
    int count = 1;
    char name[] = "residuum";
    char* arguments[] = {name, nullptr};
    const QGuiApplication application(count, arguments);
    std::printf("Qt %s\n", qVersion());
    for (const bool serif : {false, true})
        for (const bool bold : {false, true}) {
            QFont font(fontFamily(serif));
            font.setPixelSize(1000);
            font.setBold(bold);
            const QFontMetricsF metrics(font);
            std::printf("%s%s: ascent %g, descent %g, leading %g\n",
                        font.family().toUtf8().constData(), bold ? " bold" : "", metrics.ascent(),
                        metrics.descent(), metrics.leading());
            for (const auto& text :
                 {QStringLiteral("0123456789+-.,%()[]|<>=#"), QStringLiteral("−–…·“”|ΔΣ×±²*"),
                  QStringLiteral("abcdefghijklmnopqrstuvwxyz"), QStringLiteral("AV To LN Wave"),
                  QStringLiteral("ABCDEFGHIJKLMNOPQRSTUVWXYZ")})
                std::printf("  %s %.3f\n", text.toUtf8().constData(),
                            metrics.horizontalAdvance(text));
        }
    return 0;
}

} // namespace

std::string fontsHere() {
    return inChild(printMetrics).out;
}

std::string drawingName(const std::string& figure) {
    return figure + ".svg.z";
}

void expectDrawing(const std::string& figure, const std::string& actual) {
    const auto file = goldenFile("figures/" + drawingName(figure));
    const auto packed = textOf(file);
    const auto golden =
        packed.empty() ? packed : qUncompress(QByteArray::fromStdString(packed)).toStdString();
    if (golden == actual)
        return;
    if (accepting()) {
        writeFile(file, qCompress(QByteArray::fromStdString(actual), 9).toStdString());
        return;
    }
    const auto left = actualFile("figures/" + figure + ".svg");
    writeFile(left, actual);
    writeFile(actualFile("figures/" + figure + ".golden.svg"), golden);
    ADD_FAILURE() << left << " differs from .golden.svg beside it (" << file << "), "
                  << firstDifference(golden, actual) << "\n"
                  << howToAccept();
}

} // namespace residuum::test

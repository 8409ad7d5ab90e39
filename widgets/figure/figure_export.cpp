#include "widgets/figure/figure_export.h"
#include "widgets/figure/nothing_to_draw.h"

#include "core/store/atomic_file.h"
#include "core/task/error.h"

#include <QString>

#include <string>
#include <utility>

namespace residuum {

namespace {

namespace fs = std::filesystem;

void write(const fs::path& target, const QByteArray& bytes) {
    writeAtomically(target, {bytes.constData(), static_cast<std::size_t>(bytes.size())});
}

fs::path withEnding(fs::path file, const char* ending) {
    return file.replace_extension(ending);
}

} // namespace

std::optional<FigureFormat> figureFormatOf(const fs::path& file) {
    const auto ending = QString::fromStdString(file.extension().string()).toLower();
    for (const auto& [name, format] :
         {std::pair{".pdf", FigureFormat::Pdf}, std::pair{".svg", FigureFormat::Svg},
          std::pair{".png", FigureFormat::Png}, std::pair{".csv", FigureFormat::Csv}})
        if (ending == QLatin1String(name))
            return format;
    return std::nullopt;
}

QByteArray figureSidecar(const Figure& figure) {
    return QByteArray::fromStdString(toJson(figure.provenance)) + '\n';
}

QByteArray renderFigure(const Figure& figure, const FigureStyle& style, FigureFormat format) {
    if (format != FigureFormat::Csv)
        requireFonts();
    switch (format) {
    case FigureFormat::Pdf:
        return figurePdf(figure, style);
    case FigureFormat::Svg:
        return figureSvg(figure, style);
    case FigureFormat::Png:
        return figurePng(figure, style);
    case FigureFormat::Csv:
        return figureCsv(figure);
    }
    return {};
}

void exportFigure(const Figure& figure, const FigureStyle& style, const fs::path& target,
                  const FigureExtras& extras) {
    const auto format = figureFormatOf(target);
    if (!format)
        throw UsageError(target.string(),
                         "its ending names no format; use .pdf, .svg, .png or .csv");
    if (figure.panels.empty())
        throw NothingToDraw(figure.view.toStdString() + " has nothing to show of this result");
    write(target, renderFigure(figure, style, *format));
    auto sidecar = target;
    sidecar += ".json";
    write(sidecar, figureSidecar(figure));
    if (extras.csv && *format != FigureFormat::Csv)
        write(withEnding(target, ".csv"), figureCsv(figure));
    if (extras.latex)
        write(withEnding(target, ".tex"),
              figureLatex(figure, style, QString::fromStdString(target.filename().string())));
}

} // namespace residuum

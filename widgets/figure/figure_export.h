// A figure as files: PDF, SVG, PNG, CSV, LaTeX, and what says where it comes from. The same figure
// and style give the same bytes.
#pragma once

#include "widgets/figure/figure.h"
#include "widgets/figure/figure_style.h"

#include <QByteArray>
#include <QImage>

#include <filesystem>
#include <optional>

namespace residuum {

enum class FigureFormat { Pdf, Svg, Png, Csv };

/// Qt writes a PDF's fonts in the order of a hash that is seeded anew in every process; call this
/// before any application object is made, so that a figure's bytes are the same tomorrow.
void orderFontsTheSameEachTime();
/// Qt's remarks about session and display are no business of someone who wants a file; call this
/// before any application object is made.
void keepQtQuiet();

/// By the name's ending; empty for any other.
std::optional<FigureFormat> figureFormatOf(const std::filesystem::path& file);

/// Vectors with embedded fonts; the page has the figure's size exactly.
QByteArray figurePdf(const Figure& figure, const FigureStyle& style);
/// Text stays text.
QByteArray figureSvg(const Figure& figure, const FigureStyle& style);
QByteArray figurePng(const Figure& figure, const FigureStyle& style);
/// The drawing at the style's dpi, as for PNG and the clipboard.
QImage figureImage(const Figure& figure, const FigureStyle& style);
/// Every plotted number, in full: RFC 4180, a header line, LF.
QByteArray figureCsv(const Figure& figure);
/// A figure environment that includes `fileName`, with caption and label.
QByteArray figureLatex(const Figure& figure, const FigureStyle& style, const QString& fileName);
/// Provenance and style as JSON: the sidecar's content.
QByteArray figureSidecar(const Figure& figure);

/// Throws Error where a drawing finds no font.
QByteArray renderFigure(const Figure& figure, const FigureStyle& style, FigureFormat format);

struct FigureExtras {
    bool csv = false;   ///< also FILE.csv (beside a drawing)
    bool latex = false; ///< also FILE.tex
};

/// Writes `target`, its sidecar FILE.ENDING.json and the extras, each of them whole or not at all.
/// Throws UsageError for an ending that is no format, NothingToDraw for a figure without panels and
/// Error where a file cannot be written.
void exportFigure(const Figure& figure, const FigureStyle& style,
                  const std::filesystem::path& target, const FigureExtras& extras);

} // namespace residuum

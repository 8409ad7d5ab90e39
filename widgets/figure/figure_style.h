// How a figure looks on paper: size, type, colours. Plain data.
#pragma once

#include "widgets/plots/colour_scale.h"

#include <QString>

#include <optional>
#include <vector>

namespace residuum {

struct FigureStyle {
    double width = 396.0;         ///< points (1/72 inch): 5.5 in
    std::optional<double> height; ///< points; empty: as high as the content asks for
    double fontSize = 8.0;        ///< points; tick labels are a little smaller
    bool serif = false;
    bool letters = true; ///< (a), (b), … before the panels' titles where there are several
    ColourPalette palette = ColourPalette::BlueRed;
    double dpi = 300.0; ///< of PNG
    int tableRows = 15; ///< at most, in tables
};

/// Width and type size of a place where figures go.
struct FigurePreset {
    QString name;  ///< on the command line
    QString label; ///< for people
    double width;  ///< points
    double fontSize;
};

/// Column and text widths from the venues' LaTeX style files, and sizes for talks.
const std::vector<FigurePreset>& figurePresets();
const FigurePreset* findPreset(const QString& name);

/// "5.5in", "14cm", "139.7mm", "396pt" as points; empty where it is none of these or outside
/// 0.5 in … 100 in.
std::optional<double> parseLength(const QString& text);

/// Throws Error where no font is installed: Qt would draw figures without a letter.
void requireFonts();

/// The installed family that comes first in the order in which papers would have them.
QString fontFamily(bool serif);

} // namespace residuum

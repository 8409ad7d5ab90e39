// The command that draws a figure again.
#pragma once

#include "widgets/figure/figure_kind.h"
#include "widgets/figure/figure_style.h"

#include <QString>

namespace residuum {

/// `residuum figure RESULT --kind … -o TARGET`: one line for a POSIX shell. What is as usual is
/// left out.
QString figureCommand(const QString& resultFile, const FigureRequest& request,
                      const FigureStyle& style, const QString& target);

/// Adds the line that draws the figure again as `target` to its provenance, or why there is none.
void nameCommand(Figure& figure, const FigureRequest& request, const FigureStyle& style,
                 const QString& target);

/// "blue-red", "grey-safe".
QString paletteName(ColourPalette palette);

} // namespace residuum

// Which characters a figure's texts may have on each way out: drawings, XML, CSV, LaTeX.
#pragma once

#include "widgets/figure/figure.h"

#include <QString>

namespace residuum {

/// Control characters as token chips show them: "⏎", "⇥", "\x0C". They have no glyph, and XML 1.0
/// (SVG, XMP) forbids most of them.
QString withVisibleControls(const QString& text);
/// A figure whose drawn texts (names of models are names of folders) have no control characters.
Figure withVisibleControls(Figure figure);

/// Text between XML tags: markup escaped, nothing that XML 1.0 forbids (section 2.2, "Char").
QString xmlText(const QString& text);

/// One field of RFC 4180: quoted where it holds a comma, a quote, CR or LF.
QString csvField(const QString& text);

/// One paragraph for (pdf)LaTeX without further packages. Characters that it cannot set without one
/// stand as "[U+6771]"; `replaced`, if given, counts them.
QString latexText(const QString& text, int* replaced = nullptr);
/// `text` as LaTeX comments: every line of it begins with "%   ".
QString latexComment(const QString& text);

} // namespace residuum

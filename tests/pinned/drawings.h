// Vector drawings as goldens, and what their text depends on beyond this program.
#pragma once

#include <string>

namespace residuum::test {

/// Qt's version and the metrics of the fonts that figures are drawn with, as lines of text. Found
/// in a child, so that no application object stays.
std::string fontsHere();

/// The golden's file name: as Qt's qCompress packs it, for drawings are most of what is pinned.
std::string drawingName(const std::string& figure);
/// As `expectGolden`; the golden is left beside the actual drawing, to look at both.
void expectDrawing(const std::string& figure, const std::string& actual);

} // namespace residuum::test

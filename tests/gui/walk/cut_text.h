// What of a window's text does not fit its place.
#pragma once

#include <QStringList>

class QWidget;

namespace residuum::test {

/// One line for every text of a visible widget that its rectangle cuts, and for every widget that
/// leaves its parent. Labels that shorten words by themselves are in `shortenedTexts`.
QStringList cutTexts(const QWidget& window);
/// One line for every label that shows less than it has to say.
QStringList shortenedTexts(const QWidget& window);

} // namespace residuum::test

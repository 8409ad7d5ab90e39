// The colours of a dark desktop.
#pragma once

#include <QPalette>

namespace residuum::test {

inline QPalette darkPalette() {
    QPalette dark(QColor(45, 47, 51), QColor(33, 35, 38)); // the others follow from these
    dark.setColor(QPalette::AlternateBase, QColor(52, 55, 60));
    return dark;
}

} // namespace residuum::test

// What the window needs to know of a panel, so that menus and files treat all panels alike.
#pragma once

#include "widgets/figure/figure_kind.h"

#include <QString>

#include <vector>

namespace residuum {

class QuestionPanel;

struct PanelDoor {
    QString name;  ///< as --panel has it
    QString title; ///< of its tab and menu entry, with the mnemonic
    QString stem;  ///< of result files
    QuestionPanel* panel = nullptr;
    std::vector<FigureView> views;
};

} // namespace residuum

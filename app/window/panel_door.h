// What the window needs to know of a panel, so that menus and files treat all panels alike.
#pragma once

#include "widgets/figure/figure_kind.h"

#include <QString>

#include <functional>
#include <vector>

class QWidget;

namespace residuum {

struct PanelDoor {
    QString name;  ///< as --panel has it
    QString title; ///< of its tab and menu entry, with the mnemonic
    QString stem;  ///< of result files
    QWidget* widget = nullptr;
    std::vector<FigureView> views;
    std::function<QString()> shownView;           ///< the view that shows what one looks at
    std::function<Figure(FigureRequest&)> figure; ///< throws Error
    std::function<QString()> command;             ///< "" while there is nothing to make again
    std::function<void()> recompute, toggleError;
    std::function<void(const QString& file)> save;
};

} // namespace residuum

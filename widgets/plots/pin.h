// A pinned thing with the letter and the colour that it carries through every view.
#pragma once

#include "analysis/question/thing.h"

#include <QColor>
#include <QString>

#include <vector>

namespace residuum {

struct Pin {
    Thing thing;
    QColor colour;
    QString letter{}; ///< no two pins share it
    QString note{};   ///< the user's name for it, or remark; "": none
    QString group{};  ///< the name of those it is taken together with; "": none

    friend bool operator==(const Pin&, const Pin&) = default;
};

/// The n-th letter: A … Z, AA, AB, …
QString pinLetter(int n);
/// The colour that goes with the n-th letter. The cycle of 12 is outside every colour map: at least
/// 30 apart (CIE 1976 ΔE) from any of their colours on light and dark, and from each other.
QColor pinColour(int n);
/// A pin of `thing` with the first letter that none of `pins` has, and its colour.
Pin nextPin(const Thing& thing, const std::vector<Pin>& pins);
/// Its label, and its note where it has one: "L9H9 · name mover".
QString pinName(const Pin& pin);

} // namespace residuum

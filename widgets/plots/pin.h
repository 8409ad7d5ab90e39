// A pinned thing and the colour it carries through every view.
#pragma once

#include "analysis/question/thing.h"

#include <QColor>

namespace residuum {

struct Pin {
    Thing thing;
    QColor colour;

    friend bool operator==(const Pin&, const Pin&) = default;
};

/// The colour of the n-th pin: a colour-blind-safe cycle (Okabe-Ito) that stays readable on light
/// and dark.
QColor pinColour(int n);

} // namespace residuum

// What two models show differently, thing by thing: defined here for every view, on the screen, on
// paper and in tables of numbers alike.
#pragma once

#include "widgets/figure/figure.h"

#include <QString>

#include <vector>

namespace residuum {

struct FigureDifference {
    FigurePanel panel; ///< named "a − b", of the kind of both
    QString obstacle;  ///< why there is none, in a sentence; "": there is one
    QString note;      ///< what only one of them shows; "": both show the same things
};

/// First minus second, on a scale of its own, which ends as `end` has it. Cells that show the same
/// thing are subtracted, wherever they lie. Of two models that do not have the same things there is
/// a difference only where each shows a choice of its own (CellGrid::choice), and then what only
/// one has is hatched or left out. Of texts the tokens that both begin with are subtracted. Both
/// panels are heatmaps, or both are token strips of one row; one without values has nothing to
/// show.
FigureDifference differenceOf(const FigurePanel& first, const FigurePanel& second,
                              const ScaleEnd& end = {});

/// The same of columns with the same titles, which are of the same rows.
std::vector<TableFigure::Column> differenceOf(const std::vector<TableFigure::Column>& first,
                                              const std::vector<TableFigure::Column>& second);

/// "a − b".
QString differenceName(const QString& first, const QString& second);

} // namespace residuum

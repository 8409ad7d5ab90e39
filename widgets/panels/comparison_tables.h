// What all models' comparisons say in tables. No widgets.
#pragma once

#include "analysis/comparison/token_lists.h"
#include "widgets/figure/figure.h"
#include "widgets/panels/figure_source.h"

#include <QStringList>

#include <vector>

namespace residuum {

using ComparisonColumns = std::vector<NamedResult<ComparisonResult>>;

/// The means, their intervals, calibration, and how far models are apart: a row per model.
TableFigure meansTable(const ComparisonColumns& columns);

/// Every head's scores in every model, and the differences between models: of all pairs up to three
/// models, else from the first.
TableFigure headTable(const ComparisonColumns& columns);
/// How the scores' columns are titled.
QStringList headTitles();

/// The tokens where any two models are furthest apart, with what stands before them.
TableFigure apartTable(const ComparisonColumns& columns);
/// Where its rows are.
std::vector<TokenPlace> apartPlaces(const ComparisonColumns& columns);

/// Tokens after which losses above 50 nats follow.
TableFigure highLossTable(const ComparisonColumns& columns);
QStringList highLossNotes(const ComparisonColumns& columns);

/// Massive activations: layer, position and feature, and the value in every model.
TableFigure massiveTable(const ComparisonColumns& columns);

/// What all columns' numbers are means over.
QStringList domainNotes(const ComparisonColumns& columns);

} // namespace residuum

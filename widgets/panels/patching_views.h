// Patching's views: one description for the screen, for paper and for the command line. No widgets.
#pragma once

#include "widgets/figure/figure_kind.h"
#include "widgets/panels/figure_source.h"
#include "widgets/panels/patching_figures.h"

#include <vector>

namespace residuum {

using PatchColumn = NamedResult<PatchResult>;

namespace patchingViews {
inline constexpr QLatin1StringView both("patching"), exact("exact"), estimate("estimate"),
    error("patching-error"), agreement("agreement"), layers("layer-error");
} // namespace patchingViews

/// Else it shows points or a table.
bool hasHeatmaps(const QString& view);
/// A view's heatmaps or scatters, a panel of each column for each of its parts; without values
/// where a column has no result of the view. `tokens`: texts of the positions.
std::vector<FigurePanel> patchingPanels(const QString& view,
                                        const std::vector<PatchColumn>& columns,
                                        const PatchView& shown, const QStringList& tokens);

/// `request.view`: one of patchingKind()'s. Throws Error where nothing of it was computed.
Figure patchingFigure(const std::vector<PatchColumn>& columns, const PatchView& view,
                      const FigureRequest& request, const QStringList& tokens,
                      const QString& prompt, const Provenance& provenance);
/// What the document shows. Throws Error where no column has a result.
Figure patchingFigure(const Workspace& workspace, FigureRequest& request);

/// How the document's settings have patching shown.
PatchView patchViewOf(const Workspace& workspace);
/// The tokens of the document's prompt, quoted.
QStringList promptTokens(const Workspace& workspace);

/// Patching results' door to figures.
FigureKind patchingKind();

} // namespace residuum

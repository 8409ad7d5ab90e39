// Attribution's views: one description for the screen, for paper and for the command line. No
// widgets.
#pragma once

#include "widgets/figure/figure_kind.h"
#include "widgets/panels/attribution_figures.h"

#include <memory>
#include <utility>
#include <vector>

namespace residuum {

class Workspace;

/// One model of an attribution figure.
struct AttributionColumn {
    QString name;
    std::shared_ptr<const DlaResult> result;
    int row = -1;   ///< of the result; -1: it has none of what is shown
    QString target; ///< what is attributed, as text
    QString versus; ///< "": no difference
};

namespace attributionViews {
inline constexpr QLatin1StringView scatter("scatter"), contributors("contributors");
} // namespace attributionViews

/// A view's panel of each column; of `contributors` one for all. `view`: one of
/// attributionKind()'s.
std::vector<FigurePanel> attributionPanels(const QString& view,
                                           const std::vector<AttributionColumn>& columns);
/// The scale of a mode's heatmaps, but for its end.
ColourScale attributionScale(ViewMode mode);
/// Every component's numbers in every model, largest first; of the two models in `difference` also
/// what they differ by.
TableFigure contributorTable(const std::vector<AttributionColumn>& columns,
                             const std::optional<std::pair<int, int>>& difference);

/// The figure of models side by side. `request.view`: one of attributionKind()'s; `prompt`: for the
/// caption.
Figure attributionFigure(const std::vector<AttributionColumn>& columns,
                         const FigureRequest& request, const QString& prompt,
                         const Provenance& provenance);
/// What the document shows, as a figure of `request.view`; the rest of the request is filled in
/// from the document. Throws Error where no column has a result at the position.
Figure attributionFigure(const Workspace& workspace, FigureRequest& request);

/// Attribution results' door to figures.
FigureKind attributionKind();

} // namespace residuum

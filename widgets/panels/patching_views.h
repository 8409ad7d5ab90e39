// Patching's views: one description for the screen, for paper and for the command line. No widgets.
#pragma once

#include "analysis/patching/patch_analysis.h"
#include "widgets/panels/patching_figures.h"
#include "widgets/panels/shown_figure.h"

#include <optional>
#include <vector>

namespace residuum {

using PatchColumn = NamedResult<PatchResult>;

/// See ViewsOf. Views: those of patchingKind().
struct PatchingViews : ViewsOf<PatchAnalysis> {
    static constexpr QLatin1StringView both{"patching"}, exact{"exact"}, estimate{"estimate"},
        error{"patching-error"}, agreement{"agreement"}, layers{"layer-error"};

    struct Shown {
        PatchView view;
        QStringList tokens; ///< texts of the positions
        QString prompt;     ///< the pair, for the caption

        friend bool operator==(const Shown&, const Shown&) = default;
    };

    static Shown shown(const Workspace& workspace, const QString& view);
    static std::optional<Column> column(const Workspace& workspace, const ModelColumn& column,
                                        const Board<PatchAnalysis>::ColumnAnswer& answer);
    static void ask(const Workspace& workspace, FigureRequest& request);
    /// Heatmaps or scatters, a panel of each column for each of the view's parts; without values
    /// where a column has no result of the view.
    static std::vector<FigurePanel> panels(const QString& view, const std::vector<Column>& columns,
                                           const Shown& shown);
    static ColourScale scale(const QString& view, const std::vector<Column>& columns,
                             const Shown& shown);
    /// Throws Error where nothing of it was computed.
    static Figure figure(const std::vector<Column>& columns, const Shown& shown,
                         const FigureRequest& request, const Provenance& provenance);
};

/// How the document's settings have patching shown.
PatchView patchViewOf(const Workspace& workspace);
/// The tokens of the document's prompt, quoted.
QStringList promptTokens(const Workspace& workspace);

/// Patching results' door to figures.
FigureKind patchingKind();

} // namespace residuum

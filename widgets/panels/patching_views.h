// Patching's views: one description for the screen, for paper and for the command line. No widgets.
#pragma once

#include "analysis/patching/patch_analysis.h"
#include "widgets/panels/edge_views.h"
#include "widgets/panels/patching_figures.h"
#include "widgets/panels/shown_figure.h"

#include <functional>
#include <optional>
#include <vector>

namespace residuum {

/// How patching is looked at.
struct ShownPatching {
    PatchView view;
    QStringList tokens; ///< texts of the positions
    QString prompt;     ///< the pair, for the caption

    friend bool operator==(const ShownPatching&, const ShownPatching&) = default;
};

/// See ViewsOf. Views: those of patchingKind().
struct PatchingViews : ViewsOf<PatchAnalysis, ShownPatching> {
    static constexpr QLatin1StringView both{"patching"}, exact{"exact"}, estimate{"estimate"},
        error{"patching-error"}, agreement{"agreement"}, layers{"layer-error"},
        improvement{"layer-improvement"};
    static constexpr QLatin1StringView fold{"fold"}; ///< the setting

    /// Estimates stand on their own.
    static bool drawsAnnounced(const QString& view) { return view == estimate; }
    static AsShown shown;
    static ColumnOfAnswer column;
    static AskFor ask;
    /// Heatmaps or scatters, a panel of each column for each of the view's parts; without values
    /// where a column has no result of the view.
    static Panels panels;
    static Scale scale;
    /// Throws Error where nothing of it was computed.
    static Drawing figure;
};

/// How many tokens at the front both prompts have.
int equalPrefix(const std::vector<TokenId>& clean, const std::vector<TokenId>& corrupt);

/// How the document's settings have patching shown.
PatchView patchViewOf(const Workspace& workspace);
/// The tokens of the document's prompt, quoted.
QStringList promptTokens(const Workspace& workspace);
/// What all of several prompts have at each position of the first, as `quoted` says it; "": several
/// things.
QStringList commonTokens(const std::vector<TokenSequence>& prompts,
                         const std::function<QString(std::size_t position)>& quoted);

/// Patching results' door to figures.
FigureKind patchingKind();

} // namespace residuum

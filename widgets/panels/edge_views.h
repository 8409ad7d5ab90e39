// Views of edges: graphs, ranked rows, estimates against exact effects, faithfulness. No widgets.
#pragma once

#include "widgets/figure/figure_kind.h"
#include "widgets/panels/edge_figures.h"

#include <QString>

#include <vector>

namespace residuum {

struct EdgeViews {
    static constexpr QLatin1StringView graph{"edge-graph"}, ranked{"edges"}, checked{"edge-check"},
        faithfulness{"faithfulness"};
    /// The setting of how many edges are shown.
    static constexpr QLatin1StringView topSetting{"top"};

    static bool has(const QString& view) {
        return view == graph || view == ranked || view == checked || view == faithfulness;
    }
    /// What they are, with the names of their settings.
    static std::vector<FigureView> list(const QStringList& settings);
    static ViewSetting top();
    /// Whether a file has what a view shows, of cells or of edges.
    static bool isIn(const ResultReader& reader, const QString& view);

    /// Whether a figure of a file is of edges: by its view, by the method that is set, or because
    /// the file has nothing else.
    static bool areOf(const PatchResult& result, const FigureRequest& request);
    /// Throws Error where the file has none, UsageError for settings that mean nothing.
    static Figure figureOfFile(const std::vector<PatchColumn>& columns, const ResultReader& reader,
                               const FigureRequest& request);

    /// A panel of each column; of rows and curves one of all.
    static std::vector<FigurePanel>
    panels(const QString& view, const std::vector<PatchColumn>& columns, const EdgeView& shown);
    /// Throws Error where nothing of it was computed.
    static Figure figure(const std::vector<PatchColumn>& columns, const EdgeView& shown,
                         const QString& prompt, const FigureRequest& request,
                         const Provenance& provenance);
};

} // namespace residuum

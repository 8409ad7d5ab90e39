// What the patching panel shows, as data: cells, values, points, whole figures. No widgets.
#pragma once

#include "analysis/patching/agreement.h"
#include "analysis/patching/patch_result.h"
#include "widgets/figure/figure_kind.h"
#include "widgets/plots/cell_grid.h"
#include "widgets/plots/heatmap_difference.h"
#include "widgets/plots/scatter_data.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <optional>
#include <vector>

namespace residuum {

class Workspace;

/// Which part of patching results is looked at.
struct PatchView {
    PatchSite site = PatchSite::ResidPre;
    PatchMethod estimate = PatchMethod::Attribution;
    int position = 0;          ///< of z, q, k, v, which have layer × head at each
    std::optional<int> prompt; ///< empty: the mean over all pairs
    bool normalised = false;   ///< divided by m(clean) - m(corrupted)

    friend bool operator==(const PatchView&, const PatchView&) = default;
};

/// One model of a patching figure.
struct PatchColumn {
    QString name;
    std::shared_ptr<const PatchResult> result;
};

/// Cells of the site, layer 0 at the top. `tokens`: texts of the positions, "" where they differ
/// from pair to pair.
CellGrid patchGrid(const PatchResult& result, const PatchView& view, const QStringList& tokens);

/// Query × key positions of one head's attention.
CellGrid patternGrid(int length, const QStringList& tokens);

/// One value per cell of patchGrid; unknownValue where it is not computed.
std::vector<double> patchValues(const PatchResult& result, PatchMethod method,
                                const PatchView& view);

/// Exact values as the estimate is to be read: magnitudes beside AtP*, which has no sign.
std::vector<double> comparedExact(const PatchResult& result, const PatchView& view);
/// Estimate minus exact, per cell.
std::vector<double> errorValues(const PatchResult& result, const PatchView& view);

/// What two models show differently, the first minus the second.
struct PatchDifference {
    HeatmapDifference cells;
    QString obstacle; ///< why there is none, in a sentence; "": there is one
};

/// Of the method's values or, as `error`, of estimate minus exact. `a` and `b` name the models.
PatchDifference patchDifference(const PatchColumn& a, const PatchColumn& b, const PatchView& view,
                                PatchMethod method, bool error, const QStringList& tokens);

/// Estimate over exact, a point per cell.
ScatterData agreementScatter(const PatchResult& result, const PatchView& view,
                             const QStringList& tokens);

/// Agreement of the view's estimate with exact patching; empty while either is missing.
std::optional<Agreement> agreementOf(const PatchResult& result, const PatchView& view);
/// "Pearson 0.93 · Spearman 0.90".
QString agreementText(const Agreement& agreement);
/// "mean |error| 0.02 · worst L2 pos 11, L0 pos 10, …", with their `numbers` where asked for.
QString worstText(const Agreement& agreement, const PatchResult& result, const PatchView& view,
                  bool numbers);

/// "attribution patching", "exact patching", …
QString methodTitle(PatchMethod method);
/// "logits", or "of the gap" (clean − corrupted) for normalised values.
QString patchUnit(const PatchResult& result, const PatchView& view);
/// "clean → corrupted, logit difference": direction and metric, which stand on every figure.
QString patchConventions(const PatchRequest& request);
/// "resid_pre, layer × position".
QString siteTitle(PatchSite site);

/// `request.view`: one of patchingKind()'s. Throws Error where nothing of it was computed.
Figure patchingFigure(const std::vector<PatchColumn>& columns, const PatchView& view,
                      const FigureRequest& request, const QStringList& tokens,
                      const QString& prompt, const Provenance& provenance);

/// What the document shows. Throws Error where no column has a result.
Figure patchingFigure(const Workspace& workspace, FigureRequest& request);

/// Whether a view of patchingKind() is drawn in colours on a scale.
bool isHeatmapView(const QString& view);

/// Patching results' door to figures.
FigureKind patchingKind();

} // namespace residuum

// What patching shows, as data: cells, values, points, numbers in words. No widgets.
#pragma once

#include "analysis/patching/agreement.h"
#include "analysis/patching/patch_result.h"
#include "widgets/plots/cell_grid.h"
#include "widgets/plots/scatter_data.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace residuum {

/// Which part of patching results is looked at.
struct PatchView {
    PatchSite site = PatchSite::ResidPre;
    PatchMethod estimate = PatchMethod::Attribution;
    int position = 0;          ///< or column, of z, q, k, v, which have layer × head at each
    std::optional<int> prompt; ///< empty: the mean over all pairs
    bool normalised = false;   ///< divided by m(clean) - m(corrupted)
    int folded = 0;            ///< so many positions at the front, equal in both, are one column
    int topEdges = 20;         ///< of edges: so many are shown

    friend bool operator==(const PatchView&, const PatchView&) = default;
};

/// Whether it is a mean over several pairs, or would be.
bool showsMean(const PatchResult& result, const PatchView& view);
/// Where the cells that patchGrid shows lie among a site's, whose positions are the columns of
/// `columnsOf` in a mean.
std::vector<Eigen::Index> shownPlaces(const PatchResult& result, PatchMethod method,
                                      const PatchView& view);
/// The part of a grid that is shown, of every pair: [layer, head] of a site by head and position.
PatchGrid shownOfEachPair(const PatchGrid& grid, const PatchResult& result, const PatchView& view);

/// Cells of the site, layer 0 at the top. `tokens`: texts of the positions, "" where they differ
/// from pair to pair. The mean over pairs of unequal length has columns by role or from the end.
CellGrid patchGrid(const PatchResult& result, const PatchView& view, const QStringList& tokens);

/// One value per cell of patchGrid; unknownValue where it is not computed.
std::vector<double> patchValues(const PatchResult& result, PatchMethod method,
                                const PatchView& view);

/// The value of one thing's cell; empty where the site has none of it, or it is not computed.
std::optional<double> patchValueOf(const PatchResult& result, PatchMethod method,
                                   const PatchView& view, const Thing& thing);

/// Exact values as the estimate is to be read: magnitudes beside AtP*, which has no sign.
std::vector<double> comparedExact(const PatchResult& result, const PatchView& view);
/// Estimate minus exact, per cell.
std::vector<double> errorValues(const PatchResult& result, const PatchView& view);

/// Estimate over exact, a point per cell.
ScatterData agreementScatter(const PatchResult& result, const PatchView& view,
                             const QStringList& tokens);

/// Agreement of the view's estimate with exact patching; empty while either is missing.
std::optional<Agreement> agreementOf(const PatchResult& result, const PatchView& view);
/// "0.93"; "undefined" where either is constant.
QString correlationText(double correlation);
/// "Pearson 0.93 · Spearman 0.90".
QString agreementText(const Agreement& agreement);
/// Which cells an agreement is of: "top 200 of 2,400 cells", "a sample of 120 of 2,400 cells",
/// "2,400 cells".
QString domainText(const Agreement& agreement, const PatchResult& result, const PatchView& view);
/// "worst L2 pos 11 (exact 3.10, estimate 0.412), …".
QString worstText(const Agreement& agreement, const PatchResult& result, const PatchView& view);

/// "attribution patching", "exact patching", …
QString methodTitle(PatchMethod method);
/// "logits", or "of the gap" (clean − corrupted) for normalised values.
QString patchUnit(const PatchResult& result, const PatchView& view);
/// How far the model's answers to clean and corrupted prompt are apart, and why its effects say
/// little about the task where it does not do that: "gap 11.2 logits", "gap −0.3 logits: the
/// corrupted prompt answers better".
QString gapText(const PatchResult& result, std::size_t prompt);
/// Of several pairs, so far as they are there: "mean clean 3.1, corrupted −2.9 logits; 98.1 % right
/// of 480 pairs".
QString metricText(const PatchResult& result);
/// Their mean gap, and where the model does not do the task that it does not: "mean gap 6.0
/// logits".
QString meanGapText(const PatchResult& result);
/// Both in a line, and in fewer and fewer words; what a model fails at stays longest.
QStringList gapLines(const PatchResult& result);
/// Why a model's effects, over all pairs of a result, say little about its task; "": they do.
QString taskProblemText(const PatchResult& result);
/// "clean → corrupted, logit difference": direction and metric, which stand on every figure.
QString patchConventions(const PatchRequest& request);
/// Of a caption: both prompts.
QString pairText(const QString& clean, const QString& corrupt);
/// "resid_pre, layer × position".
QString siteTitle(PatchSite site, const QString& position = {});

} // namespace residuum

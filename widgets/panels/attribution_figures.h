// What attribution shows, as data: cells, values, points, numbers in words. No widgets.
#pragma once

#include "analysis/attribution/dla_result.h"
#include "analysis/attribution/misjudgement.h"
#include "core/checkpoint/treatment.h"
#include "widgets/plots/cell_grid.h"
#include "widgets/plots/scatter_data.h"

#include <QString>

#include <optional>
#include <vector>

namespace residuum {

/// For a row: the mean over all rows of a result.
inline constexpr int allRows = -2;

/// Which number the heatmaps show.
enum class ViewMode {
    Dla,          ///< the final site frozen
    DirectEffect, ///< it recomputed
    Error         ///< |DLA - direct effect|
};

/// A mode's name in sessions and on the command line, e.g. "error"; and back.
QString viewOf(ViewMode mode);
std::optional<ViewMode> modeOf(const QString& view);

/// The numbers of one component at one row of a result, or their means over all of them.
struct ComponentNumbers {
    double dla = 0.0;          ///< the final site frozen, logits
    double directEffect = 0.0; ///< it recomputed, logits
    double error = 0.0;        ///< |DLA - direct effect|, logits; its mean over several rows
    double size = 0.0;         ///< |direct effect|, logits; its mean likewise
    /// 100 · error / size, the component's NMAE over several rows; empty where that is zero.
    std::optional<double> errorPercent() const;
    double shown(ViewMode mode) const;
};

/// Layer × (heads | MLP | biases), the embeddings in a row of their own above layer 0.
CellGrid attributionGrid(const std::vector<Component>& components, int n_layers, int n_heads);

/// The numbers of a component; empty where the model has none or the row is missing.
std::optional<ComponentNumbers> numbersOf(const DlaResult& result, int row,
                                          const Component& component);

/// One value per cell of attributionGrid; unknownValue everywhere where the row is missing.
std::vector<double> cellValues(const DlaResult& result, int row, ViewMode mode);

/// DLA over direct effect, a point per component.
ScatterData attributionScatter(const DlaResult& result, int row);

/// Over a row, or all.
Misjudgement misjudgementAt(const DlaResult& result, int row);

/// A relative error: "28.0", "undefined", "0.0000" where it is rounding.
QString percentText(double percent);
/// "heads off by 28.0 %", "MLPs off by 167 %", "2 of 36 change sign".
QString headsText(const Misjudgement& misjudgement);
QString mlpsText(const Misjudgement& misjudgement);
QString signsText(const Misjudgement& misjudgement);
/// "NMAE 8.82 %"; "NMAE …" while it is to be computed.
QString nmaeText(const Nmae& nmae);
/// "[2.97, 19.0]", or nothing where there is no interval worth showing.
QString nmaeInterval(const Nmae& nmae);
/// "32 heads × 15 pos.", "32 heads × 200 seq.": what NMAE is over; "" while it is to be computed.
QString nmaeExtent(const DlaResult& result);
/// "heads and positions", "heads and 200 sequences": the same in a sentence.
QString nmaeDomain(const DlaResult& result);

/// What `mode` shows of models with this treatment, e.g. "DLA (LN frozen)".
QString modeTitle(ViewMode mode, const Treatment& treatment);

} // namespace residuum

// What patching over several pairs shows beside its means, as data. No widgets. What resamples
// takes milliseconds: not for the GUI thread.
#pragma once

#include "analysis/patching/pair_statistics.h"
#include "widgets/figure/figure.h"
#include "widgets/panels/patching_figures.h"

#include <QString>

#include <memory>
#include <optional>

namespace residuum {

/// What the cells of patchGrid are means of; null where the view shows one pair, or there is one
/// only, or nothing is to be resampled. q is over all cells of the site.
std::shared_ptr<const CellMeans> patchMeans(const PatchResult& result, PatchMethod method,
                                            const PatchView& view);
/// Of errorValues likewise; null beside AtP* too, whose magnitudes are compared with the mean's.
std::shared_ptr<const CellMeans> errorMeans(const PatchResult& result, const PatchView& view);

/// Gives points of agreementScatter the intervals of their cells' means; null: there are none.
void addIntervals(ScatterData& scatter, const CellGrid& grid, const CellMeans* exact,
                  const CellMeans* estimate);

/// Of the view's estimate with exact patching, over the pairs; empty while either is missing, or
/// where patchMeans has none.
std::optional<PairAgreement> pairAgreement(const PatchResult& result, const PatchView& view);
/// "95 %: Pearson 0.91 to 0.94, Spearman 0.88 to 0.92".
QString intervalsText(const PairAgreement& agreement);

/// "1,000 resamples, seed 0".
QString resamplingText(const PatchRequest& request);
/// "mean of 480 pairs".
QString meanText(const PatchResult& result);
/// How a mean over pairs was made, in sentences of a caption, each after a space.
QString meanCaption(const PatchResult& result, const PatchView& view);
/// "14", "S2", "−1": what `view.position` is.
QString positionName(const PatchResult& result, const PatchView& view);

/// Σ |exact − estimate| per layer as columns of a table of layers: of one pair, or mean, standard
/// deviation and interval over pairs.
void addLayerColumns(TableFigure& table, const QString& name, const PatchResult& result,
                     const PatchView& view);
/// Per layer how much less the second model's estimate errs, over pairs: boxes, and a table.
std::vector<FigurePanel> improvementPanels(const QString& name, const Improvement& improvement,
                                           const QString& unit);

} // namespace residuum

// Models' panels of one view on common scales, limits and ranges, so that they can be compared.
#pragma once

#include "widgets/figure/figure_kind.h"

#include <optional>
#include <vector>

namespace residuum {

/// `scale` with the end that all values of heatmaps and token strips need.
ColourScale scaleOf(const std::vector<FigurePanel>& panels, ColourScale scale, const ScaleEnd& end);
/// Of a heatmap or a token strip.
const ColourScale& scaleOf(const FigurePanel& panel);
/// Of heatmaps and token strips.
void setScale(std::vector<FigurePanel>& panels, const ColourScale& scale);
/// Both; panels note the cells that are beyond it.
/// \returns what the scale leaves out, as clippedText has it.
QString shareScale(std::vector<FigurePanel>& panels, ColourScale scale, const ScaleEnd& end);
/// Scatters: both axes show all points, or up to `limit`.
void shareLimit(std::vector<FigurePanel>& panels, std::optional<double> limit);
/// Scatters with axes of their own: the range of both that shows all points.
void shareAxes(std::vector<FigurePanel>& panels);
/// Charts: the y range that shows all numbers, or up to `limit`.
void shareRange(std::vector<FigurePanel>& panels, std::optional<double> limit);

/// Adds panels that have something to show.
void addPanels(Figure& figure, std::vector<FigurePanel> panels);
/// The panels of a view that compares models, one of each in every part, on common scales (`usual`
/// but for its end), with the difference of two heatmaps, or texts, where it is asked for. The
/// caption says what a scale leaves out.
void addCompared(Figure& figure, std::vector<FigurePanel> panels, const ColourScale& usual,
                 const FigureRequest& request);
/// Whether a heatmap or scatter has nothing to show.
bool isEmpty(const FigurePanel& panel);
/// Marks pinned things in all panels.
void setPins(Figure& figure, const std::vector<Pin>& pins);

} // namespace residuum

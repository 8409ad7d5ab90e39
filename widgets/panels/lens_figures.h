// What one model's lens, or all models', shows at a prompt's positions, as plots. No widgets.
#pragma once

#include "analysis/lens/lens_result.h"
#include "widgets/figure/figure.h"

#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace residuum {

/// One model of a figure.
struct LensColumn {
    QString name;
    std::shared_ptr<const LensResult> result;
    int sample = 0; ///< of the result; it may not have what is shown

    friend bool operator==(const LensColumn&, const LensColumn&) = default;
};

struct ShownLens {
    QString prompt;     ///< for the caption
    QStringList tokens; ///< of the prompt, for axes
    int position = 0;   ///< that curves and components are of

    friend bool operator==(const ShownLens&, const ShownLens&) = default;
};

/// Of what is shown; -1: the result has none.
Eigen::Index rowOf(const LensColumn& column, const ShownLens& shown);
/// As chips show it.
QString tokenOf(const LensResult& result, double id);
/// How ln_f is treated.
QString treatmentText(const LensResult& result);
/// "14 (·to)".
QString placeText(const ShownLens& shown);

enum class LensPoints {
    Pre, ///< before each layer, and the last
    Mid, ///< after each layer's attention
    Post ///< after each layer, read by the Jacobian lens
};
/// Top tokens by layer and position; without what was not asked for.
HeatmapFigure lensMap(const LensColumn& column, const ShownLens& shown, LensPoints points);

enum class LensNumber { LogProb, Rank, Entropy };
/// Log-probabilities or ranks of the tracked tokens, point by point; entropies at the position and,
/// dashed, in the mean over those that the result has of the prompt.
ChartData lensChart(const std::vector<LensColumn>& columns, const ShownLens& shown,
                    LensNumber number);
/// The first tracked token's, or the entropies: by the logit lens and, dashed, by the Jacobian lens
/// where it was asked for.
ChartData jacobianChart(const std::vector<LensColumn>& columns, const ShownLens& shown,
                        LensNumber number);

/// What components add: embeddings on top, then a row per layer: its heads, and apart from them
/// the biases and the MLP.
HeatmapFigure componentMap(const LensColumn& column, const ShownLens& shown);

} // namespace residuum

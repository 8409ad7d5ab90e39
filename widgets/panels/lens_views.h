// The lens's views: one description for the screen, for paper and for the command line. No widgets.
#pragma once

#include "analysis/lens/lens_analysis.h"
#include "widgets/panels/lens_figures.h"
#include "widgets/panels/shown_figure.h"

namespace residuum {

/// See ViewsOf. Views: those of lensKind().
struct LensViews : ViewsOf<LensAnalysis, ShownLens, LensColumn> {
    static constexpr QLatin1StringView map{"lens"}, midMap{"lens-mid"}, logProb{"lens-log-prob"},
        rank{"lens-rank"}, entropy{"lens-entropy"}, components{"lens-components"},
        jacobianMap{"jacobian"}, jacobianLogProb{"jacobian-log-prob"},
        jacobianRank{"jacobian-rank"}, jacobianEntropy{"jacobian-entropy"};

    static AsShown shown;
    static ColumnOfAnswer column;
    static AskFor ask;
    static Panels panels;
    static Scale scale;
    static Drawing figure;
    /// From which point on each model's lens has its own answer on top, at the position.
    static Sentence verdict;
};

/// What the components of a column's lens add up to, or why there are none, in a sentence.
QString lensComponentsText(const LensColumn& column, int position);

/// What the Jacobian lens of a column is a mean over, or that it was not asked for.
QString jacobianText(const LensColumn& column);

/// Lens results' door to figures.
FigureKind lensKind();

} // namespace residuum

// The lens's views: one description for the screen, for paper and for the command line. No widgets.
#pragma once

#include "analysis/lens/lens_analysis.h"
#include "widgets/panels/shown_figure.h"

#include <memory>
#include <optional>
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

/// See ViewsOf. Views: those of lensKind().
struct LensViews : ViewsOf<LensAnalysis, ShownLens, LensColumn> {
    static constexpr QLatin1StringView map{"lens"}, midMap{"lens-mid"}, logProb{"lens-log-prob"},
        rank{"lens-rank"}, entropy{"lens-entropy"}, components{"lens-components"};

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

/// Lens results' door to figures.
FigureKind lensKind();

} // namespace residuum

// Attribution's views: one description for the screen, for paper and for the command line. No
// widgets.
#pragma once

#include "analysis/attribution/dla_analysis.h"
#include "widgets/panels/attribution_figures.h"
#include "widgets/panels/shown_figure.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace residuum {

/// One model of an attribution figure.
struct AttributionColumn {
    QString name;
    std::shared_ptr<const DlaResult> result;
    int row = -1;     ///< of the result, or allRows; it may have none of what is shown
    QString target{}; ///< what is attributed, as text
    QString versus{}; ///< "": no difference
    /// What was measured over a dataset, and which; null: nothing was.
    std::shared_ptr<const DlaResult> dataset{};
    QString datasetDomain{};

    bool hasRow() const {
        return row == allRows ? !result->rows.empty()
                              : row >= 0 && row < static_cast<int>(result->rows.size());
    }
    friend bool operator==(const AttributionColumn&, const AttributionColumn&) = default;
};

struct ShownAttribution {
    QString prompt;       ///< for the caption
    QString place{};      ///< "position 14 (·to)"; "": of a file
    QStringList tokens{}; ///< of the prompt, for axes
    int top = usualTop;   ///< components on each side of the ranked view
    bool mlps = false;    ///< along the prompt: how far off they are, else heads

    friend bool operator==(const ShownAttribution&, const ShownAttribution&) = default;
};

/// See ViewsOf. Views: those of attributionKind().
struct AttributionViews : ViewsOf<DlaAnalysis, ShownAttribution, AttributionColumn> {
    static constexpr QLatin1StringView scatter{"scatter"}, contributors{"contributors"},
        ranked{"ranked"}, byLayer{"by-layer"}, byPosition{"by-position"}, nmaeHeads{"nmae-heads"};

    /// The ranked view's setting.
    static constexpr QLatin1StringView topSetting{"top"};
    /// Whether the mean over all rows is shown.
    static constexpr QLatin1StringView meanSetting{"mean"};
    /// And that of what is shown along the prompt.
    static constexpr QLatin1StringView errorOfSetting{"error-of"};

    static AsShown shown;
    static ColumnOfAnswer column;
    static AskFor ask;
    static Panels panels;
    /// NMAE over a dataset is asked otherwise than the rest.
    static FigureOrigin<DlaAnalysis> origin(const Workspace& workspace, const QString& view);
    static Scale scale;
    /// Every component's numbers in every model, largest first; of two that are compared also what
    /// they differ by.
    static TableDrawing tableOf;
    static Drawing figure;
    /// How far DLA misjudges what components do, at the position.
    static Sentence verdict;
    static bool inFigure(const Column& column) { return column.hasRow(); }
};

/// The result whose heads' NMAE is shown: over the dataset where any model was measured, else of
/// the prompt; null: this model was not measured.
const DlaResult* measured(const AttributionColumn& column,
                          const std::vector<AttributionColumn>& columns);
/// "stories.txt: …", or of the prompt "heads and positions": what that NMAE is over.
QString measuredDomain(const AttributionColumn& column);

/// What the models' final sites are called where they are frozen or recomputed.
Treatment treatmentOf(const std::vector<AttributionColumn>& columns);

/// What is attributed where each prompt has its own answers: target and versus.
QString ownTarget();
QString ownVersus();

/// Attribution results' door to figures. `treatment`: of the models at hand.
FigureKind attributionKind(const Treatment& treatment = {});

} // namespace residuum

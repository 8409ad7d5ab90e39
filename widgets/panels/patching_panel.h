// The patching panel: per model exact patching and its estimate on one scale, linked.
#pragma once

#include "widgets/panels/answers_panel.h"
#include "widgets/panels/patching_board.h"
#include "widgets/panels/patching_views.h"

#include <map>
#include <memory>

class QComboBox;
class QLabel;

namespace residuum {

class ExactOffers;
class PairEditor;
class ScatterView;
class SettingsBar;

/// GUI thread only.
class PatchingPanel : public AnswersPanel<PatchingViews> {
    Q_OBJECT

  public:
    explicit PatchingPanel(Workspace& workspace, QWidget* parent = nullptr);

    /// The views of the i-th model, for tests; null while there is no such column.
    HeatmapView* exactHeatmap(int column) const;
    HeatmapView* estimateHeatmap(int column) const;
    ScatterView* scatter(int column) const;
    /// Attention of the head pinned last.
    HeatmapView* patternHeatmap(int column) const;
    PairEditor* pairEditor() const { return editor_; }
    ExactOffers* exactOffers() const { return offers_; }
    /// The agreement of the i-th model, as shown.
    QString agreementShown(int column) const;
    QString shownView() const override;
    /// Of the estimate against exact patching, once that is complete.
    QString statusText() const override;
    /// Shows estimate minus exact in the lower maps instead of the estimate, or back.
    void toggleError() override;

  private:
    PatchingBoard& answers() const { return workspace().board<PatchingBoard>(); }
    QWidget* makeToolBar();
    QWidget* makePatternPage();
    void chooseSettings();
    void refreshColumn(int place, const ModelColumn& column);
    void refreshAgreement(int place, const ModelColumn& column);
    void refreshTitles();
    void refreshPatterns();

    ColumnState stateOf(const ModelColumn& column) const override;
    /// The scale stays when errors are shown.
    QStringList scaledViews() const override {
        return {PatchingViews::exact, PatchingViews::estimate};
    }
    QString differenceText(const QString&, const ColourScale&) const override {
        return tr("exact patching");
    }
    /// How well the estimate agrees: of what was drawn, as it is over all cells.
    QString verdictText() const override;
    void columnsMade() override { shownPatterns_.clear(); }
    void refreshChoices() override;
    void refreshRest() override;
    void hover(const std::optional<Thing>& thing) override;
    void click(const Thing& thing) override;
    std::optional<Thing> hovered() const override;

    /// What a column's pattern is drawn from.
    struct ShownPatterns {
        std::shared_ptr<const HeadPatterns> patterns;
        int run = 0; ///< clean, corrupted, their difference
        QStringList tokens;

        friend bool operator==(const ShownPatterns&, const ShownPatterns&) = default;
    };

    PairEditor* editor_ = nullptr;
    PatchSettings edited_; ///< in the bar
    SettingsBar* settings_ = nullptr;
    ExactOffers* offers_ = nullptr;
    QComboBox* lower_ = nullptr;
    PlotPage* maps_ = nullptr;
    PlotPage* scatters_ = nullptr;
    PlotPage* patterns_ = nullptr;
    QComboBox* patternRun_ = nullptr;
    QLabel* patternTitle_ = nullptr;
    std::optional<Component> shownHead_;         ///< whose pattern is shown
    std::map<int, ShownPatterns> shownPatterns_; ///< by column
    std::optional<Thing> hovered_;               ///< what is in this panel only
};

} // namespace residuum

// The lens's panel: top tokens by layer and position, below them what becomes of tracked tokens.
#pragma once

#include "widgets/panels/answers_panel.h"
#include "widgets/panels/lens_board.h"
#include "widgets/panels/lens_views.h"

namespace residuum {

class ChartView;
class HeatmapView;
class SettingsBar;

/// GUI thread only.
class LensPanel : public AnswersPanel<LensViews> {
    Q_OBJECT

  public:
    explicit LensPanel(Workspace& workspace, QWidget* parent = nullptr);

    /// The views of the i-th model, or of all, for tests; null while there is no such column.
    HeatmapView* map(int column) const;
    ChartView* chart(const QString& view) const;
    HeatmapView* componentMap(int column) const;
    SettingsBar& settingsBar() const { return *bar_; }

    QString shownView() const override;
    void toggleError() override {}
    /// The probability of the top token before a layer.
    std::optional<double> numberOf(const ModelColumn& column, const Thing& thing) const override;
    QString numberText() const override;
    bool numbersAddUp() const override { return false; }

  private:
    LensBoard& answers() const { return workspace().board<LensBoard>(); }
    QString differenceText(const QString&) const override {
        return tr("probability of the top token");
    }
    QString missingText(const ModelColumn& column) const override;
    QString verdictText() const override;
    void announceJacobian();
    void refreshChoices() override;
    void refreshRest() override;

    LensSettings edited_; ///< as the bar has them
    SettingsBar* bar_ = nullptr;
    PlotPage* maps_ = nullptr;
    PlotPage* components_ = nullptr;
    PlotPage* jacobian_ = nullptr;
    std::vector<PlotPage*> charts_; ///< of all models
};

} // namespace residuum

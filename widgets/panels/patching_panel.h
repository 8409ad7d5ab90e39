// The patching panel: per model exact patching and its estimate on one scale, linked.
#pragma once

#include "widgets/panels/answers_panel.h"
#include "widgets/panels/patching_board.h"
#include "widgets/panels/patching_views.h"

#include <memory>

class QComboBox;

namespace residuum {

class ChartView;
class ExactOffers;
class GraphView;
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
    GraphView* graph(int column) const;
    /// Of all models: EdgeViews::ranked or faithfulness.
    ChartView* chart(const QString& view) const;
    PairEditor* pairEditor() const { return editor_; }
    ExactOffers* exactOffers() const { return offers_; }
    /// The agreement of the i-th model, as shown.
    QString agreementShown(int column) const;
    QList<QAction*> viewActions() override;
    QString shownView() const override;
    void describeViews(std::vector<FigureView>& views) const override;
    /// Of the estimate against exact patching, once that is complete.
    QString statusText() const override;
    std::optional<ThingNumbers> inspect(const Thing& thing) const override;
    /// By exact patching.
    std::optional<double> numberOf(const ModelColumn& column, const Thing& thing) const override;
    QString numberText() const override;
    bool numbersAddUp() const override { return false; }
    /// Patching of heads, MLPs and the residual stream.
    QString offer(const Thing& thing) const override;
    void takeUp(const Thing& thing) override;
    /// Shows estimate minus exact in the lower maps instead of the estimate, or back.
    void toggleError() override;

  private:
    /// Rows of the maps.
    enum MapRow { Name, Answer, Gap, UpperTitle, Exact, LowerTitle, Lower, GraphTitle, Graph };

    PatchingBoard& answers() const { return workspace().board<PatchingBoard>(); }
    QWidget* makeToolBar();
    void chooseSettings();
    /// What is patched, with its position: "z, layer × head at position 14 (·to)".
    QString shownSite() const;
    void refreshColumn(int place, const ModelColumn& column);
    void refreshAgreement(int place, const ModelColumn& column);
    void refreshTitles();
    bool ofEdges() const { return isOfEdges(answers().settings().estimate); }
    /// Maps of cells or graphs of edges, with the tabs that go with them.
    void showMode();
    std::optional<ThingNumbers> inspectEdge(const Thing& thing) const;

    ColumnState stateOf(const ModelColumn& column) const override;
    /// The scale stays when errors are shown.
    QStringList scaledViews() const override {
        return {PatchingViews::exact, PatchingViews::estimate};
    }
    QString differenceText(const QString&) const override { return tr("exact patching"); }
    /// How well the estimate agrees: of what was drawn, as it is over all cells.
    QString verdictText() const override;
    void refreshChoices() override;
    void refreshRest() override;
    void resizeEvent(QResizeEvent* event) override;
    void click(const Thing& thing) override;

    PairEditor* editor_ = nullptr;
    PatchSettings edited_; ///< in the bar
    SettingsBar* settings_ = nullptr;
    ExactOffers* offers_ = nullptr;
    QComboBox* lower_ = nullptr;
    PlotPage* maps_ = nullptr;
    PlotPage* scatters_ = nullptr;
    std::vector<PlotPage*> charts_; ///< of edges
    bool showsEdges_ = false;       ///< what the pages were made for
};

} // namespace residuum

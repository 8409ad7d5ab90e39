// The attribution panel: a column per model, linked.
#pragma once

#include "widgets/panels/answers_panel.h"
#include "widgets/panels/attribution_board.h"
#include "widgets/panels/attribution_overview.h"
#include "widgets/panels/attribution_views.h"

class QComboBox;
class QSpinBox;
class QToolButton;

namespace residuum {

class ChartView;
class ElidedLabel;
class ModelHeader;
class ScatterView;
class ThingTable;

/// GUI thread only.
class AttributionPanel : public AnswersPanel<AttributionViews> {
    Q_OBJECT

  public:
    explicit AttributionPanel(Workspace& workspace, QWidget* parent = nullptr);

    /// The views of the i-th model, for tests; null while there is no such column.
    HeatmapView* heatmap(int column) const;
    ScatterView* scatter(int column) const;
    ThingTable* table() const { return table_; }
    /// The chart of a view of all models (ranked, by layer, by position), for tests.
    ChartView* chart(const QString& view) const;
    /// "NMAE 8.82 % [2.97, 19.0]" of the i-th model, as shown.
    QString nmaeShown(int column) const;
    /// The heatmaps' quantity, or what the tab in front shows where it has the focus.
    QString shownView() const override;
    std::optional<ThingNumbers> inspect(const Thing& thing) const override;
    QString overview() const override { return overviewText(answered()); }
    std::optional<double> numberOf(const ModelColumn& column, const Thing& thing) const override;
    QString numberText() const override;
    bool numbersAddUp() const override { return answers().mode() == ViewMode::Dla; }
    QString statusText() const override;
    /// How far heads, or MLPs, are off at each position, in the model where they are furthest off.
    PromptBars alongPrompt() const override;
    void describeViews(std::vector<FigureView>& views) const override;
    QList<QAction*> viewActions() override;
    QList<QAction*> analysisActions() override;
    void toggleError() override;

  private:
    /// What stands above and below a column's plots.
    struct Surrounds {
        ModelHeader* header = nullptr;
        ElidedLabel* headline = nullptr;
        ElidedLabel *nmae = nullptr, *extent = nullptr; ///< dimmed apart: of a dataset, say
    };

    PromptBars barsOf(const ChartData& chart) const;
    AttributionBoard& answers() const { return workspace().board<AttributionBoard>(); }
    /// Of the models that are open or have a saved attribution.
    Treatment treatment() const;
    void refreshTreatment();
    QWidget* makeToolBar();
    void addCharts();
    void refreshColumn(int place, const ModelColumn& column);
    void refreshNmae(int place, const ModelColumn& column);
    void refreshCompare();

    bool shows(const ModelColumn&) const override { return true; }
    QString differenceText(const QString&) const override;
    bool isStaleIn(const QString& view, const ModelColumn& column,
                   const ColumnState& state) const override;
    void columnsMade() override;
    void refreshChoices() override;
    void refreshRest() override;
    void click(const Thing& thing) override;

    /// Bars, and what they are of.
    struct Along {
        std::vector<std::shared_ptr<const DlaResult>> results;
        bool mlps = false;
        PromptBars bars;
    };

    std::vector<QToolButton*> modeButtons_; ///< by ViewMode
    std::vector<QAction*> modeActions_;     ///< by ViewMode, of the first two
    QComboBox* compare_ = nullptr;
    PlotPage* heatmaps_ = nullptr;
    PlotPage* scatters_ = nullptr;
    std::vector<PlotPage*> charts_; ///< of all models
    QSpinBox* top_ = nullptr;       ///< of the ranked one
    QComboBox* along_ = nullptr;    ///< of the one by position
    PlotPage* foot_ = nullptr;
    ThingTable* table_ = nullptr;
    std::vector<Surrounds> surrounds_; ///< by column
    mutable Along barsDrawn_;          ///< the last
};

} // namespace residuum

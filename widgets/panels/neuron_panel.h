// The confidence-neuron panel: weights and effects of neurons, chosen on one model, followed in
// all.
#pragma once

#include "widgets/panels/answers_panel.h"
#include "widgets/panels/neuron_board.h"
#include "widgets/panels/neuron_text.h"
#include "widgets/panels/neuron_views.h"

#include <vector>

class QCheckBox;

namespace residuum {

class ChartView;
class ElidedLabel;
class NeuronBars;
class ScatterView;
class ThingTable;
class TokenStripView;

/// GUI thread only.
class NeuronPanel : public AnswersPanel<NeuronViews> {
    Q_OBJECT

  public:
    explicit NeuronPanel(Workspace& workspace, QWidget* parent = nullptr);

    /// The views of the i-th model, for tests; null while there is no such column.
    ScatterView* scatter(int column) const;
    ChartView* boxes(int column) const;
    ChartView* curves(int column) const;
    ChartView* mediated() const; ///< of all models
    ThingTable* table() const { return table_; }
    TokenStripView* strips() const { return strips_; }
    QString summaryShown(int column) const;
    QString shownView() const override;
    /// Of estimates, where there are any.
    QString statusText() const override;
    void describeViews(std::vector<FigureView>& views) const override;
    std::optional<ThingNumbers> inspect(const Thing& thing) const override;
    /// Of neurons: their tokens, and what the numbers leave out.
    QString dossier(const Thing& thing, const QPalette& palette) const override;
    /// The followed neurons with the largest effects.
    QString overview() const override;
    std::optional<double> numberOf(const ModelColumn& column, const Thing& thing) const override;
    QString numberText() const override;
    bool numbersAddUp() const override { return false; }
    /// Shows loss instead of entropy, or back.
    void toggleError() override;

  private:
    NeuronBoard& answers() const { return workspace().board<NeuronBoard>(); }
    void chooseDataset();
    QWidget* makeTablePage();
    QWidget* makeStripPage();
    std::vector<NeuronTextColumn> textColumns() const;
    void refreshColumn(int place, const ModelColumn& column);
    void refreshStrips();

    QString missingText(const ModelColumn& column) const override;
    /// Why nothing (more) comes; "": it does.
    QString problemOf(const ModelColumn& column) const;
    void refreshChoices() override;
    void refreshRest() override;
    void refreshMarks() override;

    NeuronBars* bars_ = nullptr;
    PlotPage* scatters_ = nullptr;
    PlotPage* boxes_ = nullptr;
    PlotPage* curves_ = nullptr;
    PlotPage* mediated_ = nullptr;
    QCheckBox* allBoxes_ = nullptr;
    ElidedLabel* stripTitle_ = nullptr;
    TokenStripView* strips_ = nullptr;
    ThingTable* table_ = nullptr;
};

} // namespace residuum

// The confidence-neuron panel: weights and effects of neurons, chosen on one model, followed in
// all.
#pragma once

#include "widgets/panels/neuron_figures.h"
#include "widgets/workspace/neuron_board.h"
#include "widgets/workspace/workspace.h"

#include <QWidget>

#include <array>
#include <functional>
#include <vector>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QTabWidget;
class QTableView;
class QTextBrowser;

namespace residuum {

class ChartView;
class ColourBar;
class ElidedLabel;
class NeuronFilter;
class NeuronTable;
class ScatterView;
class TokenStripView;

/// Computes while it is shown. GUI thread only.
class NeuronPanel : public QWidget {
    Q_OBJECT

  public:
    explicit NeuronPanel(Workspace& workspace, QWidget* parent = nullptr);

    /// The views of the i-th model, for tests; null while there is no such column.
    ScatterView* scatter(int column) const;
    ChartView* boxes(int column) const;
    ChartView* curves(int column) const;
    QTableView* table() const { return tableView_; }
    QTabWidget* details() const { return tabs_; }
    QString neuronShown() const;
    TokenStripView* strips() const { return strips_; }
    QString summaryShown(int column) const;
    /// The figure view that shows what one looks at.
    QString shownView() const;
    /// What is shown as a figure. Throws Error where there is no result.
    Figure figure(FigureRequest& request) const;
    /// Shows loss instead of entropy, or back.
    void toggleEffect();

  Q_SIGNALS:
    void datasetWanted(); ///< the user wants to name one

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    struct ColumnViews {
        int id = -1;
        ElidedLabel* title = nullptr;
        std::array<ElidedLabel*, 3> summary{}; ///< effectSummary's lines
        ScatterView* scatter = nullptr;
        ChartView* boxes = nullptr;
        ChartView* curves = nullptr;
    };

    /// Saved results of other kinds have nothing to show here.
    static bool isShown(const ModelColumn& column) { return column.answers(NeuronAnalysis::kind); }
    QWidget* makeInputBar();
    QWidget* makeViewBar();
    QWidget* makeTablePage();
    QWidget* makeStripPage();
    using Change = std::function<void(SessionNeurons& settings, int value)>;
    QComboBox* addChoice(QWidget* bar, const QString& label, const QStringList& texts,
                         Change change);
    QSpinBox* addNumber(QWidget* bar, const QString& label, int least, int most, Change change);
    void changeSettings(const std::function<void(SessionNeurons&)>& change);
    void rebuild();
    void addColumn(const ModelColumn& column, int place);
    void refresh();
    void refreshChoices();
    void refreshColumn(const ModelColumn& column, ColumnViews& views);
    void refreshPlots();
    void refreshInput();
    void refreshMarks();
    void refreshStrips();
    void refreshTexts();
    std::optional<NeuronIndex> shownNeuron() const;
    NeuronView view() const;

    Workspace& workspace_;
    QPushButton* dataset_ = nullptr;
    QPushButton* usePrompt_ = nullptr;
    ElidedLabel* inputText_ = nullptr;
    QSpinBox* layer_ = nullptr;
    QSpinBox* top_ = nullptr;
    QSpinBox* nullSpace_ = nullptr;
    QComboBox* by_ = nullptr;
    QComboBox* chosenOn_ = nullptr;
    QComboBox* ablation_ = nullptr;
    QComboBox* plane_ = nullptr;
    QComboBox* effect_ = nullptr;
    QCheckBox* screen_ = nullptr;
    QGridLayout* scatters_ = nullptr;
    QGridLayout* boxes_ = nullptr;
    QGridLayout* curves_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    ElidedLabel* stripTitle_ = nullptr;
    TokenStripView* strips_ = nullptr;
    ColourBar* stripBar_ = nullptr;
    std::optional<double> lockedLimit_; ///< of the strips' colours
    QTextBrowser* neuronText_ = nullptr;
    NeuronTable* table_ = nullptr;
    NeuronFilter* filter_ = nullptr;
    QTableView* tableView_ = nullptr;
    std::vector<ColumnViews> views_;
    /// What the plots and the table were drawn from: they are drawn again only for something else.
    struct Drawn {
        std::vector<std::shared_ptr<const NeuronResult>> results; ///< by column; null: none
        NeuronView view;
        std::vector<Pin> pins;

        friend bool operator==(const Drawn&, const Drawn&) = default;
    };
    std::optional<Drawn> drawn_;
};

} // namespace residuum

// One head's attention in every model, whatever question is in front.
#pragma once

#include "widgets/panels/attention_figures.h"
#include "widgets/panels/component_details.h"
#include "widgets/panels/prompt_bars.h"

#include <QWidget>

#include <map>
#include <optional>
#include <vector>

class QComboBox;
class QLabel;

namespace residuum {

class HeatmapView;
class PlotPage;
struct ShownColumn;
struct FigureRequest;

/// Of the pinned head that is selected, else of the one pinned last. Computes while it is shown.
/// GUI thread only.
class AttentionView : public QWidget {
    Q_OBJECT

  public:
    explicit AttentionView(Workspace& workspace, QWidget* parent = nullptr);

    /// The pinned head whose attention is shown; empty: none is pinned.
    std::optional<Component> head() const;
    /// Of the i-th model, for tests; null while there is no such column.
    HeatmapView* heatmap(int column) const;
    /// Of the two models compared; null where none are.
    HeatmapView* differenceHeatmap() const;
    void recompute();
    /// Of the prompt's query that is hovered, what it attends to; without one there is none.
    PromptBars alongPrompt() const;
    /// What is shown. Throws Error where nothing is.
    Figure figure(FigureRequest& request) const;

  Q_SIGNALS:
    void exportWanted();
    /// By the user: what can be done with a cell. `text`: label and value.
    void menuWanted(const Thing& thing, const QString& text, const QPoint& global);
    void refreshed(); ///< what is shown was brought up to date

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    enum Run { Clean, Corrupt, CleanMinusCorrupt };

    Run run() const;
    AttentionKind kind() const;
    QStringList tokens() const;
    QString title() const;
    QString whyNot(const ModelColumn& column) const;
    /// Of a column, where all of it is there.
    std::optional<AttentionColumn> columnOf(const ModelColumn& column) const;
    bool isStale(const ModelColumn& column) const;
    void rebuild();
    void want();
    void refresh();
    void refreshDifference(const std::vector<std::optional<FigurePanel>>& panels);
    void refreshMarks();
    Provenance provenance(const std::vector<ShownColumn>& shown) const;

    Workspace& workspace_;
    ComponentDetails clean_, corrupt_;
    std::optional<double> locked_; ///< the end of the colours
    QLabel* title_;
    QComboBox* run_;
    QComboBox* kind_;
    PlotPage* page_;
};

} // namespace residuum

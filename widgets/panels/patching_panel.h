// The patching panel: per model exact patching and its estimate on one scale, linked.
#pragma once

#include "widgets/panels/patching_figures.h"
#include "widgets/workspace/patching_board.h"
#include "widgets/workspace/workspace.h"

#include <QWidget>

#include <vector>

class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QTabWidget;

namespace residuum {

class ColourBar;
class ElidedLabel;
class HeatmapView;
class PairEditor;
class ScatterView;

/// Computes while it is shown. GUI thread only.
class PatchingPanel : public QWidget {
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
    QComboBox* siteChoice() const { return site_; }
    /// Of two models' exact patching; null unless two are compared.
    HeatmapView* differenceHeatmap() const { return difference_; }
    /// The agreement of the i-th model, as shown.
    QString agreementShown(int column) const;
    /// Shows estimate minus exact in the lower maps instead of the estimate, or back.
    void toggleErrors();
    /// The figure view that shows what one looks at.
    QString shownView() const;
    /// What the document shows, on the colour scale that is shown. Throws Error.
    Figure figure(FigureRequest& request) const;

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    struct ColumnViews {
        int id = -1;
        ElidedLabel* title = nullptr;
        ElidedLabel* metric = nullptr;
        HeatmapView* exact = nullptr;
        HeatmapView* estimate = nullptr;
        ScatterView* scatter = nullptr;
        ElidedLabel* agreement = nullptr;
        ElidedLabel* worst = nullptr;
        HeatmapView* pattern = nullptr;
    };

    QWidget* makeToolBar();
    template <class Value>
    QComboBox* addChoice(QWidget* bar, const QString& label,
                         const std::vector<std::pair<QString, Value>>& choices);
    void chooseSettings();
    void rebuild();
    void addColumn(const ModelColumn& column, int place);
    void addDifference(int place);
    void link(HeatmapView* view);
    void refresh();
    void refreshColumn(const ModelColumn& column, ColumnViews& views);
    /// Why a column has no answer (yet), for people.
    QString missingText(const ModelColumn& column, const PatchAnswer* answer) const;
    void refreshDifference(const ColourScale& scale);
    void refreshPatterns();
    void refreshMarks();
    void refreshChoices();
    void setHovered(std::optional<Thing> thing);
    PatchView view() const;
    std::vector<double> lowerValues(const PatchResult& result) const;
    QStringList tokenTexts() const;

    Workspace& workspace_;
    PairEditor* editor_ = nullptr;
    QComboBox* site_ = nullptr;
    QComboBox* estimate_ = nullptr;
    QComboBox* metric_ = nullptr;
    QComboBox* direction_ = nullptr;
    QComboBox* lower_ = nullptr;
    QCheckBox* normalised_ = nullptr;
    QGridLayout* maps_ = nullptr;
    QGridLayout* scatters_ = nullptr;
    QGridLayout* patterns_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    QComboBox* patternRun_ = nullptr;
    QLabel* patternTitle_ = nullptr;
    std::optional<Component> shownHead_; ///< whose pattern is shown
    ColourBar* bar_ = nullptr;
    QLabel* upperTitle_ = nullptr;
    QLabel* lowerTitle_ = nullptr;
    std::vector<ColumnViews> views_;
    QLabel* differenceTitle_ = nullptr;
    HeatmapView* difference_ = nullptr;
    std::optional<double> lockedLimit_;
    std::optional<Thing> hovered_; ///< a cell that is no component
};

} // namespace residuum

// The attribution panel: a column per model, linked.
#pragma once

#include "widgets/workspace/attribution_board.h"
#include "widgets/workspace/workspace.h"

#include <QWidget>

#include <map>
#include <vector>

class QComboBox;
class QGridLayout;
class QLabel;
class QSortFilterProxyModel;
class QTabWidget;
class QTableView;
class QToolButton;

namespace residuum {

class ColourBar;
struct ColourScale;
class ContributorModel;
class ElidedLabel;
class HeatmapView;
class ModelHeader;
class ScatterView;

/// GUI thread only.
class AttributionPanel : public QWidget {
    Q_OBJECT

  public:
    explicit AttributionPanel(Workspace& workspace, QWidget* parent = nullptr);

    /// The views of the i-th model, for tests and figures; null while there is no such column.
    HeatmapView* heatmap(int column) const;
    ScatterView* scatter(int column) const;
    /// The heatmap of the difference; null unless two models are compared.
    HeatmapView* differenceHeatmap() const { return difference_.heatmap; }
    ColourBar* colourBar() const { return bar_; }
    QTableView* table() const { return table_; }
    /// The figure view that shows what one looks at: the heatmaps' quantity, or the table where it
    /// is in front and has the focus.
    QString shownView() const;
    /// "NMAE 8.82 %" of the i-th model, as shown.
    QString nmaeShown(int column) const;

  private:
    struct ColumnViews {
        int id = -1;
        ModelHeader* header = nullptr;
        HeatmapView* heatmap = nullptr;
        ScatterView* scatter = nullptr;
        QLabel* nmae = nullptr;
        ElidedLabel* nmaeDetail = nullptr;
        ElidedLabel* check = nullptr;
    };
    struct DifferenceViews {
        QLabel* header = nullptr;
        HeatmapView* heatmap = nullptr;
    };

    QWidget* makeToolBar();
    void makeTable();
    void rebuild();
    void clearColumns();
    void addColumn(const ModelColumn& column, int place);
    void addDifferenceColumn(int place);
    template <class View>
    void link(View* view);
    void refresh();
    void refreshColumn(const ModelColumn& column, ColumnViews& views);
    void refreshDifference();
    void refreshScales();
    void titleDifference(const ColourScale& scale);
    void refreshHover();
    void refreshPins();
    void refreshModeButtons();
    void refreshCompare();

    Workspace& workspace_;
    std::vector<QToolButton*> modeButtons_;
    QComboBox* compare_ = nullptr;
    QGridLayout* top_ = nullptr;
    QGridLayout* scatters_ = nullptr;
    QGridLayout* bottom_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    QTableView* table_ = nullptr;
    ContributorModel* contributors_ = nullptr;
    QSortFilterProxyModel* sorted_ = nullptr;
    ColourBar* bar_ = nullptr;
    std::vector<ColumnViews> views_;
    DifferenceViews difference_;
};

} // namespace residuum

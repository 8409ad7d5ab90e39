// One head's attention in every model, small.
#pragma once

#include "widgets/panels/component_details.h"

#include <QWidget>

#include <vector>

class QGridLayout;

namespace residuum {

class HeatmapView;

/// Square maps beside each other, a click on which wants them large. GUI thread only.
class PatternRow : public QWidget {
    Q_OBJECT

  public:
    PatternRow(Workspace& workspace, const ComponentDetails& details, QWidget* parent = nullptr);

    /// Three of them beside each other fill `width` pixels.
    void fit(int width);
    /// Shows what the details have.
    void refresh();
    /// Of the i-th model; null while there is no such column.
    HeatmapView* pattern(int column) const;

  Q_SIGNALS:
    void largeWanted();

  private:
    void rebuild();

    Workspace& workspace_;
    const ComponentDetails& details_;
    int width_ = 0;
    QGridLayout* grid_;
    std::vector<HeatmapView*> views_; ///< by column
};

} // namespace residuum

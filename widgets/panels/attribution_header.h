// The top of a model's column: its name, what was detected, its guesses.
#pragma once

#include "widgets/panels/attribution_board.h"
#include "widgets/panels/prediction_bars.h"
#include "widgets/workspace/workspace.h"

#include <QWidget>

class QHBoxLayout;
class QToolButton;
class QVBoxLayout;

namespace residuum {

class ElidedLabel;

/// GUI thread only.
class ModelHeader : public QWidget {
    Q_OBJECT

  public:
    explicit ModelHeader(QWidget* parent = nullptr);
    void showColumn(const Workspace& workspace, const ModelColumn& column);

  Q_SIGNALS:
    void closeRequested();
    /// The user wants another of a saved result's prompts.
    void nextSampleRequested();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showModel(const Workspace& workspace, const ModelColumn& column);
    void showReport();
    void placeBadge();
    int lineWidth(const ModelColumn& column) const;

    ElidedLabel* name_;
    QToolButton* badge_;
    QToolButton* next_;
    QToolButton* close_;
    ElidedLabel* answer_; ///< the number that the components add up to
    PredictionBars* predictions_;
    QHBoxLayout* line_;
    QVBoxLayout* column_;
    bool badgeBelow_ = false;
    QString badgeText_; ///< in full
    int widest_ = 0;    ///< of all columns' lines
    ModelColumn shown_; ///< the last one; the badge is off where nothing is known of it
};

/// Everything detected in a model, as HTML for its report.
QString modelReport(const ModelInfo& info);

} // namespace residuum

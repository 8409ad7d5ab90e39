// The status bar's right end: what is being computed, how far it is, how long it takes, Cancel.
#pragma once

#include <QWidget>

class QProgressBar;
class QToolButton;

namespace residuum {

class ElidedLabel;
class Workspace;

/// GUI thread only. Appears only when a job takes longer than a moment, so that quick ones do not
/// make the bar flicker.
class JobStatus : public QWidget {
    Q_OBJECT

  public:
    explicit JobStatus(Workspace& workspace, QWidget* parent = nullptr);

  private:
    void progressed(const QString& stage, double fraction, double secondsLeft);

    ElidedLabel* text_;
    QProgressBar* bar_;
    QToolButton* cancel_;
};

} // namespace residuum

// The set of prompts that is open: which of them is looked at, or the mean of all.
#pragma once

#include <QWidget>

class QLabel;
class QRadioButton;
class QSpinBox;
class QToolButton;

namespace residuum {

class ElidedLabel;
class Workspace;

/// A line under the prompt, only where a set is open. GUI thread only.
class SetBand : public QWidget {
    Q_OBJECT

  public:
    explicit SetBand(Workspace& workspace, QWidget* parent = nullptr);

    QSpinBox* number() const { return number_; }
    QRadioButton* mean() const { return mean_; }
    QRadioButton* one() const { return one_; }
    QToolButton* leftOut() const { return leftOut_; }
    ElidedLabel* name() const { return name_; }

  Q_SIGNALS:
    /// What could not be used of the set, and why.
    void leftOutWanted();

  private:
    void refresh();

    Workspace& workspace_;
    ElidedLabel* name_;
    QToolButton* previous_;
    QSpinBox* number_;
    QLabel* count_;
    QToolButton* next_;
    QRadioButton *mean_, *one_;
    QToolButton *leftOut_, *close_;
};

} // namespace residuum

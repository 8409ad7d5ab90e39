// Dialogs about sets of prompts.
#pragma once

#include "analysis/inputs/pair_request.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QSpinBox;

namespace residuum {

struct PromptSet;

/// Which generator's pairs are to be made. Not modal; GUI thread only.
class MakeSetDialog : public QDialog {
    Q_OBJECT

  public:
    explicit MakeSetDialog(bool endOfTextFirst, QWidget* parent = nullptr);

    /// As the controls have it.
    PairRequest choice() const;

  Q_SIGNALS:
    void chosen(const PairRequest& request, const QString& name);

  private:
    void showTask();

    QComboBox* task_;
    QSpinBox *count_, *seed_;
    QCheckBox* endOfText_;
    QLabel* about_;
};

/// What of a set could not be used: a line of each, with its reason. Not modal.
QDialog* showLeftOut(const PromptSet& set, QWidget* parent);

} // namespace residuum

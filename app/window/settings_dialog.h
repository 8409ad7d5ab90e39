// Edit ▸ Settings: what holds for all sessions.
#pragma once

#include "app/window/preferences.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace residuum {

/// Not modal. GUI thread only.
class SettingsDialog : public QDialog {
    Q_OBJECT

  public:
    explicit SettingsDialog(const Preferences& preferences, QWidget* parent = nullptr);

    /// As they stand in the dialog.
    Preferences preferences() const;

  Q_SIGNALS:
    /// They can be used, and the user wants them so.
    void chosen(const residuum::Preferences& preferences);

  private:
    void check();
    void choose();

    QSpinBox* threads_;
    QLineEdit* memory_;
    QComboBox* theme_;
    QSpinBox* fontSize_;
    QCheckBox* endOfText_;
    QLabel* note_; ///< what is wrong, or what takes effect when
    QPushButton* apply_ = nullptr;
    QPushButton* accept_ = nullptr;
};

} // namespace residuum

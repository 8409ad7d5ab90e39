// The confidence-neuron panel's controls: what is measured over what, and how it is shown.
#pragma once

#include "widgets/panels/neuron_board.h"
#include "widgets/workspace/workspace.h"

#include <QWidget>

#include <functional>

class QComboBox;
class QPushButton;
class QSpinBox;

namespace residuum {

class ElidedLabel;
class SettingsBar;

/// Two bars under each other. GUI thread only.
class NeuronBars : public QWidget {
    Q_OBJECT

  public:
    explicit NeuronBars(Workspace& workspace, QWidget* parent = nullptr);

    /// Shows what is set.
    void refresh();
    /// Says what is measured over.
    void refreshInput();
    void change(const std::function<void(NeuronSettings&)>& change);

  Q_SIGNALS:
    void datasetWanted(); ///< the user wants to name one

  private:
    void makeInputBar();
    void makeViewBar();
    void addChoosing();
    void refreshScreening();

    Workspace& workspace_;
    NeuronBoard& board_;
    NeuronSettings edited_; ///< in the bars
    SettingsBar* inputBar_ = nullptr;
    SettingsBar* viewBar_ = nullptr;
    QPushButton* usePrompt_ = nullptr;
    ElidedLabel* inputText_ = nullptr;
    // What these may be depends on the open models.
    QSpinBox* layer_ = nullptr;
    QSpinBox* nullSpace_ = nullptr;
    QComboBox* chosenOn_ = nullptr;
    QString screenTip_; ///< while neurons can be screened
};

} // namespace residuum
